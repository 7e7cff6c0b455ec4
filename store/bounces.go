package store

import (
	"context"
	"time"

	"koppel/onboarding"
)

// MailName is where a mail that came back belongs.
type MailName struct {
	Case       string               `db:"case_id"`
	Kind       onboarding.MailKind  `db:"kind"`
	Number     int                  `db:"number"`
	Generation int                  `db:"generation"` // of the PIN in it; 0 for other kinds
	Reference  onboarding.Reference `db:"reference"`  // of the case
}

// MailOfToken finds the mail that left under a token. NotFound when none did.
func (s *Store) MailOfToken(ctx context.Context, token string) (MailName, error) {
	var name MailName
	err := s.db.GetContext(ctx, &name, `
		select m.case_id, m.kind, m.number, m.generation, c.reference
		from mails m join (
			select id, reference from linkings
			union all select id, reference from additions
			union all select id, reference from resets
			union all select id, reference from email_changes
			union all select id, reference from unlinkings
		) c on c.id = m.case_id
		where m.token = $1`, token)
	return name, translate("find mail by token", err)
}

// SetMailToken notes under which token a mail leaves. It is the same at every attempt.
func (t *Tx) SetMailToken(ctx context.Context, caseID string, kind onboarding.MailKind, number int, token string) error {
	_, err := t.tx.ExecContext(ctx, `
		update mails set token = $4 where case_id = $1 and kind = $2 and number = $3 and token is distinct from $4`,
		caseID, kind, number, token)
	return translate("set mail token", err)
}

// SetMailBounced notes that a mail came back. status is the enhanced status code of the report.
func (t *Tx) SetMailBounced(ctx context.Context, caseID string, kind onboarding.MailKind, number int, status string, at time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		update mails set state = 'bounced', bounced_at = $5, bounce_status = $4
		where case_id = $1 and kind = $2 and number = $3`,
		caseID, kind, number, status, at)
	return translate("set mail bounced", err)
}
