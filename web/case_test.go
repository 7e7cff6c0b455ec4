package web

import (
	"context"
	"encoding/json"
	"time"

	"go.temporal.io/api/serviceerror"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

var errAway = serviceerror.NewUnavailable("no connection")

const jansAddress = "j.jansen@regenboog.example"

// identity is the identity that logged in last.
func (w *world) identity() string {
	w.t.Helper()
	var hash string
	w.must(w.sql.QueryRow(`select hash from identities order by last_login_at desc limit 1`).Scan(&hash))
	return hash
}

// at brings the case of the last login to a step, as the activities would. change may say more about it.
func (w *world) at(step onboarding.Step, change func(*store.Linking)) store.Linking {
	w.t.Helper()
	identity := w.identity()
	l := store.Linking{Case: store.Case{ID: newUUID(), WorkflowID: workflows.LinkingID(identity), Identity: identity, Reference: "K3TF-9M2Q",
		Language: "nl", Step: onboarding.AwaitProof, Since: w.now, Deadline: w.now.Add(onboarding.LinkingOpen)}}
	w.transact(func(ctx context.Context, tx *store.Tx) error { return tx.OpenLinking(ctx, l) })
	l.Step = step
	if step != onboarding.AwaitProof {
		w.mailPIN(l.ID, 1)
		l.Generation = 1
	}
	if change != nil {
		change(&l)
	}
	w.transact(func(ctx context.Context, tx *store.Tx) error { return tx.SaveLinking(ctx, l) })
	return l
}

// changeAt brings a change of address of the person of the last login to a step, as the activities would.
func (w *world) changeAt(step onboarding.Step, change func(*store.EmailChange)) store.EmailChange {
	w.t.Helper()
	identity := w.identity()
	who, err := w.db.Identity(context.Background(), identity)
	w.must(err)
	id := workflows.EmailChangeID(w.lookup.Hash, who.Person)
	c := store.EmailChange{Person: who.Person, Former: []byte("sealed"), Case: store.Case{ID: newUUID(), WorkflowID: id, Identity: identity,
		Reference: "M4LL-C4SE", Language: "nl", Step: onboarding.AwaitAddress, Since: w.now, Deadline: w.now.Add(onboarding.EmailChangeOpen)}}
	w.transact(func(ctx context.Context, tx *store.Tx) error { return tx.OpenEmailChange(ctx, c) })
	if c.Step = step; step != onboarding.AwaitAddress {
		w.mailPIN(c.ID, 1)
		c.Generation = 1
	}
	if change != nil {
		change(&c)
	}
	w.transact(func(ctx context.Context, tx *store.Tx) error { return tx.SaveEmailChange(ctx, c) })
	return c
}

// mailPIN writes a generation whose mail a mail server has accepted now.
func (w *world) mailPIN(linking string, generation int) {
	w.t.Helper()
	sealed, err := w.records.Seal(store.PinAddress(linking, generation), []byte(jansAddress))
	w.must(err)
	w.transact(func(ctx context.Context, tx *store.Tx) error {
		pin := store.PIN{Generation: generation, KeyID: "p1", Nonce: []byte("0123456789abcdef"), Address: sealed, CreatedAt: w.now}
		if err := tx.AddPIN(ctx, linking, pin); err != nil {
			return err
		}
		mail := store.Mail{Kind: onboarding.PINMail, Number: generation, Generation: generation, RequestedAt: w.now}
		if err := tx.RequestMail(ctx, linking, mail); err != nil {
			return err
		}
		if err := tx.SetMailState(ctx, linking, onboarding.PINMail, generation, onboarding.MailSent, 0, w.now); err != nil {
			return err
		}
		return tx.AcceptPIN(ctx, linking, generation, w.now, w.now.Add(onboarding.PINLife))
	})
}

// link makes the last login a linked person with one school.
func (w *world) link() {
	w.t.Helper()
	_, err := w.sql.Exec(`
		insert into institutions (code, kind, name, place) values ('03AB', 'school', 'De Regenboog', 'Utrecht')
		on conflict do nothing`)
	w.must(err)
	var account string
	w.must(w.sql.QueryRow(`
		insert into legacy_accounts (username, username_key, email, institution, password_hash)
		values (gen_random_uuid()::text, gen_random_uuid(), 'oud@regenboog.example', '03AB', 'x') returning id`).Scan(&account))
	w.transact(func(ctx context.Context, tx *store.Tx) error {
		person := store.Person{Email: jansAddress, Language: "nl"}
		_, err := tx.Link(ctx, store.Bond{Account: account, Institution: "03AB"}, w.identity(), person, nil, w.now)
		return err
	})
}

// handedOver opens what a form left for the worker.
func (w *world) handedOver(id string, form any) {
	w.t.Helper()
	w.transact(func(ctx context.Context, tx *store.Tx) error {
		h, err := tx.TakeHandover(ctx, id, workflows.LinkingID(w.identity()), w.now)
		if err != nil {
			return err
		}
		plaintext, err := w.receiver.Open("handovers/"+id, h.Sealed)
		if err != nil {
			return err
		}
		return json.Unmarshal(plaintext, form)
	})
}

// alsoAs gives the person of the last login an identity for another organisation, which was last used a day ago.
func (w *world) alsoAs(organisation string) (hash string) {
	w.t.Helper()
	hash = newUUID()
	subject, err := json.Marshal(onboarding.Subject{Type: "EntityConcernedID:Pseudo", Value: "0123456789ABCDEF0123456789AB77C3"})
	w.must(err)
	sealed, err := w.records.Seal("identities/"+hash, subject)
	w.must(err)
	_, err = w.sql.Exec(`
		insert into identities (hash, sealed, kvk, organisation, level, supplier, person, linked_at, last_login_at)
		select $1, $2, '90005678', $3, 'EH3', supplier, person, $4, $4 from identities where hash = $5`,
		hash, sealed, organisation, w.now.Add(-24*time.Hour), w.identity())
	w.must(err)
	return hash
}
