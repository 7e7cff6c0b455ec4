package store

import (
	"context"
	"database/sql"
	"time"

	"koppel/onboarding"
)

// Notice tells one person of one change in the registers.
type Notice struct {
	ID          string                     `db:"id"`
	Kind        onboarding.RegisterChange  `db:"kind"`
	Institution onboarding.InstitutionCode `db:"institution"`
	Name        string                     `db:"name"`
	Other       onboarding.InstitutionCode `db:"other"` // the successor, or the new board; empty of one that closed
	OtherName   string                     `db:"other_name"`
	EffectiveOn sql.NullTime               `db:"effective_on"` // of one that closed or was merged
	At          time.Time                  `db:"at"`           // when the registers said so
	SettledAt   sql.NullTime               `db:"settled_at"`   // the mail was accepted, or refused for good
	Email       onboarding.Email           `db:"email"`        // of the person
	Language    string                     `db:"language"`
}

const noticeColumns = `
	n.id, c.kind, c.institution, i.name, coalesce(c.other, '') as other, coalesce(o.name, '') as other_name,
	c.effective_on, c.at, n.settled_at, p.email, p.language`

const noticeTables = `
	register_notices n
	join register_changes c on c.id = n.change
	join institutions i on i.code = c.institution
	left join institutions o on o.code = c.other
	join persons p on p.id = n.person`

// UnsettledNotices lists who has yet to be told by mail, oldest change first.
func (s *Store) UnsettledNotices(ctx context.Context) ([]Notice, error) {
	var found []Notice
	err := s.db.SelectContext(ctx, &found, `select `+noticeColumns+` from `+noticeTables+`
		where n.settled_at is null order by c.at, c.institution, n.id`)
	return found, translate("list unsettled notices", err)
}

// Notices lists what a person was told since then, newest first.
func (s *Store) Notices(ctx context.Context, person string, since time.Time) ([]Notice, error) {
	var found []Notice
	err := s.db.SelectContext(ctx, &found, `select `+noticeColumns+` from `+noticeTables+`
		where n.person = $1 and c.at > $2 order by c.at desc, c.institution`, person, since)
	return found, translate("list notices", err)
}

// LockNotice returns a notice and holds its row. NotFound when its person has been erased.
func (t *Tx) LockNotice(ctx context.Context, id string) (Notice, error) {
	var found Notice
	err := t.tx.GetContext(ctx, &found, `select `+noticeColumns+` from `+noticeTables+`
		where n.id = $1 for update of n`, id)
	return found, translate("lock notice", err)
}

// SettleNotice notes that nothing more is to be done about a notice.
func (t *Tx) SettleNotice(ctx context.Context, id string, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, `update register_notices set settled_at = $2 where id = $1 and settled_at is null`, id, now)
	return translate("settle notice", err)
}
