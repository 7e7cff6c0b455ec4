package store

import (
	"context"

	"koppel/onboarding"
)

// Holder is a person who got in by a credential before.
type Holder struct {
	Person  string           `db:"id"` // empty: nobody
	Email   onboarding.Email `db:"email"`
	Present bool             `db:"present"` // has an identity; one who was unlinked may have none
}

// HolderByPerson returns a person as the holder of an account.
func (t *Tx) HolderByPerson(ctx context.Context, person string) (Holder, error) {
	var h Holder
	err := t.tx.GetContext(ctx, &h, `
		select p.id, p.email, exists (select from identities where person = p.id) as present from persons p where p.id = $1`, person)
	return h, translate("find holder", err)
}

// HolderByInstitution returns who got in by an account or an activation code of an institution: of several the one with
// that address, else one who has an identity. The zero Holder when there is nobody.
func (t *Tx) HolderByInstitution(ctx context.Context, institution onboarding.InstitutionCode, email onboarding.Email) (Holder, error) {
	var h Holder
	err := t.tx.GetContext(ctx, &h, `
		select p.id, p.email, exists (select from identities where person = p.id) as present
		from memberships m join persons p on p.id = m.person
		where m.institution = $1 and m.source in ('legacy', 'activation')
		order by lower(p.email) = lower($2) desc, present desc, m.since limit 1`, institution, email)
	if onboarding.KindOf(translate("", err)) == onboarding.NotFound {
		return Holder{}, nil
	}
	return h, translate("find holder", err)
}
