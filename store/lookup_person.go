package store

import (
	"context"

	"github.com/lib/pq"

	"koppel/onboarding"
)

// FoundPerson is what lets an agent recognise who a case is of.
type FoundPerson struct {
	PINAddress   string           `db:"pin_address"` // masked: where the newest PIN goes; empty when there is none
	Email        onboarding.Email `db:"email"`       // confirmed; empty for a login without a link
	Institution  string           `db:"institution"` // name, of the case; empty when it has none
	Institutions pq.StringArray   `db:"institutions"`
	Proposer     string           `db:"proposer"` // agent who proposed another address; empty when nobody did
}

// PersonOf tells who a case is of.
func (t *Tx) PersonOf(ctx context.Context, f Found) (FoundPerson, error) {
	var found FoundPerson
	err := t.tx.GetContext(ctx, &found, `
		select coalesce((select masked from pins where case_id = $1 order by generation desc limit 1), '') as pin_address,
			coalesce((select p.email from identities i join persons p on p.id = i.person where i.hash = $2), '') as email,
			coalesce((select name from institutions where code = $3), '') as institution,
			array(
				select i.name || ' (' || i.code || ')'
				from identities d join memberships m on m.person = d.person join institutions i on i.code = m.institution
				where d.hash = $2 order by i.name) as institutions,
			coalesce((select a.name from corrections c join agents a on a.id = c.proposed_by where c.case_id = $1), '') as proposer`,
		f.ID, f.Identity, f.Institution)
	return found, translate("find person of case", err)
}
