package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
)

// auditRow is a row of the audit as the chain covers it: without the person, so that erasure leaves the chain whole.
type auditRow struct {
	ID     int64          `db:"id"`
	Micros int64          `db:"micros"` // since 1970, UTC
	Event  string         `db:"event"`
	Case   sql.NullString `db:"case_id"`
	Detail string         `db:"detail"`
}

// auditColumns are those of auditRow, of an audit row named a.
const auditColumns = `
	a.id, (extract(epoch from a.at) * 1000000)::bigint as micros, a.event, a.case_id::text as case_id, a.detail::text as detail`

// link is the hash of the chain at a row: SHA-256 of the hash before it and the canonical row, in which every field
// stands behind its length, so that no two rows are written alike.
func (r auditRow) link(before []byte) []byte {
	var canonical strings.Builder
	for _, field := range []string{fmt.Sprint(r.ID), fmt.Sprint(r.Micros), r.Event, r.Case.String, r.Detail} {
		fmt.Fprintf(&canonical, "%d:%s", len(field), field)
	}
	hash := sha256.Sum256(slices.Concat(before, []byte(canonical.String())))
	return hash[:]
}

// genesis is the hash before the first position.
var genesis = make([]byte, sha256.Size)

// ChainAudit appends at most batch rows of the audit to the chain and returns how many. It takes what has been
// committed, in the order of ids; what commits later gets a later position. Two at once wait for each other.
func (s *Store) ChainAudit(ctx context.Context, batch int, now time.Time) (chained int, err error) {
	err = s.Transact(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, `lock table audit_chain in share row exclusive mode`); err != nil {
			return translate("lock audit chain", err)
		}
		position, head, err := tx.chainHead(ctx)
		if err != nil {
			return err
		}
		var rows []auditRow
		err = tx.tx.SelectContext(ctx, &rows, `
			select `+auditColumns+` from audit_pending p join audit a on a.id = p.audit_id
			order by p.audit_id limit $1`, batch)
		if err != nil {
			return translate("read audit", err)
		}
		chained = len(rows)
		return tx.appendChain(ctx, rows, position, head, now)
	})
	return chained, err
}

func (t *Tx) chainHead(ctx context.Context) (position int64, hash []byte, err error) {
	err = t.tx.QueryRowxContext(ctx, `select position, hash from audit_chain order by position desc limit 1`).Scan(&position, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, genesis, nil
	}
	return position, hash, translate("find head of audit chain", err)
}

func (t *Tx) appendChain(ctx context.Context, rows []auditRow, position int64, head []byte, now time.Time) error {
	ids, positions, hashes := make([]int64, len(rows)), make([]int64, len(rows)), make([][]byte, len(rows))
	for i, row := range rows {
		head = row.link(head)
		ids[i], positions[i], hashes[i] = row.ID, position+int64(i)+1, head
	}
	_, err := t.tx.ExecContext(ctx, `
		with chained as (delete from audit_pending where audit_id = any($2))
		insert into audit_chain (position, audit_id, hash, chained_at)
		select position, audit_id, hash, $4 from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as row (position, audit_id, hash)`,
		pq.Array(positions), pq.Array(ids), pq.Array(hashes), now)
	return translate("append to audit chain", err)
}
