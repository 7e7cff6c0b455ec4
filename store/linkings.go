package store

import (
	"context"

	"koppel/onboarding"
)

// Linking is the read model of a linking.
type Linking struct {
	Case
	Account     string                     // that was proved; empty before, and where an activation code was
	Code        string                     // the activation code that was proved, else empty
	Institution onboarding.InstitutionCode // that either is for; empty before the proof
	Refusal     onboarding.Outcome         // Taken, InstitutionEnded, NotApproved or NotAnswered: why a right proof did not count
	PINMail
}

type linkingRow struct {
	caseRow
	Account     string                     `db:"account"`
	Code        string                     `db:"code"`
	Institution onboarding.InstitutionCode `db:"institution"`
	Refusal     onboarding.Outcome         `db:"refusal"`
	pinMailRow
}

// LatestLinking returns the newest case of an identity, open or over. NotFound when there is none.
func (s *Store) LatestLinking(ctx context.Context, identity string) (Linking, error) {
	var row linkingRow
	err := s.db.GetContext(ctx, &row, `
		select l.id, l.workflow_id, l.identity, l.reference, l.language, l.step, l.since, l.deadline,
			coalesce(l.account::text, '') as account, coalesce(l.code, '') as code,
			coalesce(l.institution, '') as institution, l.generation, l.locked_until, l.refusal,
			p.address, p.expires_at, coalesce(m.state, '') as mail, coalesce(m.accepted_at, m.requested_at) as mail_at
		from linkings l
		left join pins p on p.case_id = l.id and p.generation = l.generation
		left join lateral (
			select state, accepted_at, requested_at from mails
			where case_id = l.id and kind = 'pin' order by number desc limit 1) m on true
		where l.identity = $1
		order by l.ended_at is null desc, l.since desc limit 1`, identity)
	return row.linking(), translate("find linking", err)
}

func (r linkingRow) linking() Linking {
	return Linking{Case: r.caseRow.read(), Account: r.Account, Code: r.Code, Institution: r.Institution,
		Refusal: r.Refusal, PINMail: r.pinMailRow.read()}
}
