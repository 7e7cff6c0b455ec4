package store

import (
	"context"
	"database/sql"
	"time"

	"koppel/onboarding"
)

// Mail is what became of one mail of a case.
type Mail struct {
	Kind        onboarding.MailKind
	Number      int // 1, 2, … within the kind
	Generation  int // of the PIN in it; number of the approval that it is about; 0 for other kinds
	State       onboarding.MailState
	RequestedAt time.Time
	Recipient   onboarding.Email // empty: the person of the case, wherever the case has the address
	Link        []byte           // SHA-256 of the token of the link in it; nil when there is none, or it is good no more
}

// RequestMail names a mail that is to be sent. One that is named already stays as it is.
func (t *Tx) RequestMail(ctx context.Context, caseID string, m Mail) error {
	_, err := t.tx.ExecContext(ctx, `
		insert into mails (case_id, kind, number, generation, state, requested_at, recipient, link)
		values ($1, $2, $3, $4, 'queued', $5, $6, $7)
		on conflict do nothing`,
		caseID, m.Kind, m.Number, m.Generation, m.RequestedAt, nullText(string(m.Recipient)), m.Link)
	return translate("request mail", err)
}

type mailRow struct {
	Kind        onboarding.MailKind  `db:"kind"`
	Number      int                  `db:"number"`
	Generation  int                  `db:"generation"`
	State       onboarding.MailState `db:"state"`
	RequestedAt time.Time            `db:"requested_at"`
	Recipient   onboarding.Email     `db:"recipient"`
	Link        []byte               `db:"link"`
}

// Mails lists the mails of one kind, newest first.
func (t *Tx) Mails(ctx context.Context, caseID string, kind onboarding.MailKind) ([]Mail, error) {
	var rows []mailRow
	err := t.tx.SelectContext(ctx, &rows, `
		select kind, number, generation, state, requested_at, coalesce(recipient, '') as recipient, link from mails
		where case_id = $1 and kind = $2 order by number desc`, caseID, kind)
	mails := make([]Mail, len(rows))
	for i, r := range rows {
		mails[i] = Mail(r)
	}
	return mails, translate("list mails", err)
}

// Mail returns one mail and holds its row.
func (t *Tx) Mail(ctx context.Context, caseID string, kind onboarding.MailKind, number int) (Mail, error) {
	var row mailRow
	err := t.tx.GetContext(ctx, &row, `
		select kind, number, generation, state, requested_at, coalesce(recipient, '') as recipient, link from mails
		where case_id = $1 and kind = $2 and number = $3 for update`, caseID, kind, number)
	return Mail(row), translate("find mail", err)
}

// MailByLink finds the mail that has the link with that SHA-256, and its case. NotFound when the link is good no more.
func (t *Tx) MailByLink(ctx context.Context, link []byte) (caseID string, m Mail, err error) {
	var row struct {
		Case string `db:"case_id"`
		mailRow
	}
	err = t.tx.GetContext(ctx, &row, `
		select case_id, kind, number, generation, state, requested_at, coalesce(recipient, '') as recipient, link
		from mails where link = $1`, link)
	return row.Case, Mail(row.mailRow), translate("find mail by link", err)
}

// SetMailState notes what became of a mail. code is the SMTP reply of a refusal, else 0.
func (t *Tx) SetMailState(ctx context.Context, caseID string, kind onboarding.MailKind, number int,
	state onboarding.MailState, code int, at time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		update mails set state = $4, refusal_code = $5, accepted_at = case when $4 = 'sent' then $6::timestamptz end
		where case_id = $1 and kind = $2 and number = $3`,
		caseID, kind, number, state, sql.NullInt32{Int32: int32(code), Valid: code != 0}, at)
	return translate("set mail state", err)
}

// MailsDue counts the mails of a case that are neither sent nor refused.
func (t *Tx) MailsDue(ctx context.Context, caseID string) (int, error) {
	var due int
	err := t.tx.GetContext(ctx, &due, `
		select count(*) from mails where case_id = $1 and kind <> 'pin' and state in ('queued', 'late')`, caseID)
	return due, translate("count mails", err)
}

// PINMailsSince counts the PIN mails of all cases that were requested after since, and stops counting at most.
func (t *Tx) PINMailsSince(ctx context.Context, since time.Time, most int) (int, error) {
	var requested int
	err := t.tx.GetContext(ctx, &requested, `
		select count(*) from (select from mails where kind = 'pin' and requested_at > $1 limit $2) as recent`, since, most)
	return requested, translate("count pin mails", err)
}

// OldestMail is when the mail was requested that has waited longest for a mail server; zero when none waits.
func (s *Store) OldestMail(ctx context.Context) (time.Time, error) {
	var oldest sql.NullTime
	err := s.db.GetContext(ctx, &oldest, `select min(requested_at) from mails where state in ('queued', 'late')`)
	return zero(oldest), translate("find oldest mail", err)
}
