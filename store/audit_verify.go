package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"koppel/onboarding"
)

// AuditReport is what a verification of the audit found.
type AuditReport struct {
	Rows      int64  // in the chain and recomputed
	First     int64  // position of the first of them; more than 1 once retention has swept
	Head      []byte // hash of the last position
	HeadFound bool   // the head that was asked for is part of the chain
	Pending   int64  // rows that the chain does not have yet
	Oldest    time.Time
	Fault     string // what is wrong at the first broken place; empty when the chain is whole
}

// verifyPage is how many rows are held in memory at once.
const verifyPage = 2000

// clockLeeway is how much the clocks of sweep, database and verification may differ; also in the triggers.
const clockLeeway = 24 * time.Hour

// VerifyAudit recomputes the whole chain, as of one moment. wanted is a head that an earlier verification printed, or
// nil.
func (s *Store) VerifyAudit(ctx context.Context, wanted []byte, now time.Time) (AuditReport, error) {
	tx, err := s.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return AuditReport{}, translate("begin", err)
	}
	defer tx.Rollback() // nothing was written
	v := verification{tx: tx, wanted: wanted, now: now}
	v.report.Head = genesis
	v.see(genesis)
	if err := v.walk(ctx); err != nil || v.report.Fault != "" {
		return v.report, err
	}
	return v.report, v.lookOutside(ctx)
}

type verification struct {
	tx       *sqlx.Tx
	wanted   []byte
	now      time.Time
	position int64 // the last one seen
	report   AuditReport
}

// chainLink is a position of the chain with its row, if that is still there.
type chainLink struct {
	Position  int64         `db:"position"`
	AuditID   int64         `db:"audit_id"`
	Hash      []byte        `db:"hash"`
	ChainedAt time.Time     `db:"chained_at"`
	Row       sql.NullInt64 `db:"row_id"`
	auditRow
}

func (v *verification) walk(ctx context.Context) error {
	for {
		var page []chainLink
		err := v.tx.SelectContext(ctx, &page, `
			select c.position, c.audit_id, c.hash, c.chained_at, a.id as row_id, coalesce(a.id, 0) as id,
				coalesce((extract(epoch from a.at) * 1000000)::bigint, 0) as micros, coalesce(a.event, '') as event,
				a.case_id::text as case_id, coalesce(a.detail::text, '') as detail
			from audit_chain c left join audit a on a.id = c.audit_id
			where c.position > $1 order by c.position limit $2`, v.position, verifyPage)
		if err != nil {
			return translate("read audit chain", err)
		}
		for _, link := range page {
			if v.report.Fault = v.check(link); v.report.Fault != "" {
				return nil
			}
		}
		if len(page) < verifyPage {
			return nil
		}
	}
}

// check judges one position and says what is wrong with it.
func (v *verification) check(link chainLink) string {
	first := v.position == 0
	if first && !link.Row.Valid && link.ChainedAt.Before(v.now.Add(clockLeeway-onboarding.AuditKept)) {
		v.accept(link) // what retention has left of the rows that it swept
		return ""
	}
	switch {
	case link.Position != v.position+1:
		return fmt.Sprintf("position %d is not in the chain", v.position+1)
	case !link.Row.Valid:
		return fmt.Sprintf("position %d: audit row %d has been removed", link.Position, link.AuditID)
	case !bytes.Equal(link.link(v.report.Head), link.Hash):
		return fmt.Sprintf("position %d: audit row %d, or its hash, has been changed", link.Position, link.AuditID)
	}
	v.accept(link)
	v.report.Rows++
	if v.report.First == 0 {
		v.report.First = link.Position
	}
	return ""
}

func (v *verification) accept(link chainLink) {
	v.position, v.report.Head = link.Position, link.Hash
	v.see(link.Hash)
}

func (v *verification) see(hash []byte) {
	v.report.HeadFound = v.report.HeadFound || bytes.Equal(hash, v.wanted)
}

// lookOutside counts the rows that wait for the chain and finds one that was taken out of it.
func (v *verification) lookOutside(ctx context.Context) error {
	var oldest sql.NullTime
	err := v.tx.QueryRowxContext(ctx, `
		select count(*), min(a.at) from audit_pending p join audit a on a.id = p.audit_id`).Scan(&v.report.Pending, &oldest)
	if err != nil {
		return translate("count pending audit", err)
	}
	v.report.Oldest = zero(oldest)
	var lost sql.NullInt64
	err = v.tx.GetContext(ctx, &lost, `
		select min(a.id) from audit a
		where not exists (select from audit_chain c where c.audit_id = a.id)
			and not exists (select from audit_pending p where p.audit_id = a.id)`)
	switch {
	case err != nil:
		return translate("find audit outside the chain", err)
	case lost.Valid:
		v.report.Fault = fmt.Sprintf("audit row %d is neither in the chain nor waiting for it: its position, after %d, has been removed",
			lost.Int64, v.position)
	case v.wanted != nil && !v.report.HeadFound:
		v.report.Fault = fmt.Sprintf("the head %s is not in the chain: it has been cut off, or written anew", hex.EncodeToString(v.wanted))
	}
	return nil
}
