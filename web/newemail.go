package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// changeTrail is the way to another confirmed address. It shares the pages of the PIN with a link.
var changeTrail = trail{
	workflow: (*site).changeID,
	linked:   true,
	paths:    map[place]string{atProof: profilePath, atPIN: newPINPath, atWork: newPINPath, atHome: profilePath},
	again:    newPINPath + "/opnieuw", address: newEmailPath, stop: newEmailPath + "/stoppen",
	done:     "?" + changedField + "=1",
	pinTitle: "new.pin.h", addressTitle: "my.mail", addressLead: "new.p",
}

func (s *site) changeID(v visit) string {
	return workflows.EmailChangeID(s.Lookup.Hash, v.identity.Person)
}

// standingOfChange reads from the rows where the person of a visit is at with another address.
func (s *site) standingOfChange(ctx context.Context, v visit) (standing, error) {
	change, err := s.Store.LatestEmailChange(ctx, v.identity.Person)
	if onboarding.KindOf(err) == onboarding.NotFound {
		return standing{place: atProof, trail: &changeTrail}, nil
	}
	return standing{place: placeOfChange(change.Step), trail: &changeTrail, refusal: change.Refusal, Case: change.Case, PINMail: change.PINMail}, err
}

func placeOfChange(step onboarding.Step) place {
	switch step {
	case onboarding.MailingPIN, onboarding.AwaitPIN:
		return atPIN
	case onboarding.Completing:
		return atWork
	case onboarding.Notifying, onboarding.Changed:
		return atHome
	}
	return atProof
}

// showNewEmail asks for the new address, or for another one instead of it.
func (s *site) showNewEmail(c *gin.Context, v visit) error {
	st, err := s.standingOfChange(c.Request.Context(), v)
	switch {
	case err != nil:
		return err
	case st.place == atWork:
		return s.proceedOn(c, v, st.trail)
	case st.lockedAt(s.Now()) && st.place == atPIN:
		return s.lockPage(c, st, "p.pinblock")
	case !s.fresh(v):
		return staleLogin(backToNewEmail)
	}
	email := s.draftOf(c, v.identity.Hash).Email
	if st.place == atPIN && email == "" {
		email = string(s.address(st))
	}
	s.show(c, http.StatusOK, addressPage(c, st, email, formState{nonce: newNonce(v.session.FormKey)}))
	return nil
}

func (s *site) submitNewEmail(c *gin.Context, v visit) form {
	typed := c.PostForm("email")
	email, _ := onboarding.ParseEmail(typed) // newEmailFaults reports what is wrong with it
	return form{
		trail: &changeTrail, workflow: s.changeID(v), begin: s.beginChange(v, string(languageOf(c))),
		place: atProof, also: atPIN, again: atHome, goal: atPIN, update: workflows.ChangeAddress,
		pace: s.paces.pins, mails: true, proves: backToNewEmail,
		input:  addressInput{email, string(languageOf(c))},
		faults: s.newEmailFaults(c, v, typed),
		draft:  &draft{Email: typed},
		page:   func(st standing, state formState) page { return addressPage(c, st, typed, state) },
		title:  "my.mail", fields: []string{"email"}, button: "other.btn",
	}
}

// newEmailFaults refuses what emailFaults does, and the address that the person has.
func (s *site) newEmailFaults(c *gin.Context, v visit, typed string) []fieldError {
	faults := emailFaults(typed)
	if len(faults) > 0 || v.identity.Person == "" {
		return faults
	}
	email, _ := onboarding.ParseEmail(typed)
	person, err := s.Store.Person(c.Request.Context(), v.identity.Person)
	if err == nil && strings.EqualFold(string(person.Email), string(email)) {
		return []fieldError{{Field: "email", Key: "e.mail.same", Args: map[string]string{"email": string(email)}}}
	}
	return nil
}

// beginChange is how a change begins; where one runs already, that one counts.
func (s *site) beginChange(v visit, language string) beginning {
	return func(ctx context.Context) (start, error) {
		memberships, err := s.Store.Memberships(ctx, v.identity.Person)
		id := s.changeID(v)
		in := workflows.EmailChangeInput{
			Case: newUUID(), Identity: v.identity.Hash, Person: v.identity.Person,
			Reference: workflows.Reference(s.Lookup.Hash, id), At: s.Now(), Institutions: open(memberships), Language: language,
		}
		return start{workflows.EmailChangeOptions(id, in), workflows.EmailChangeName, in}, err
	}
}

// open are the institutions that somebody can work for.
func open(memberships []store.Membership) (codes []onboarding.InstitutionCode) {
	for _, m := range memberships {
		if !m.ClosedOn.Valid {
			codes = append(codes, m.Code)
		}
	}
	return codes
}

// stopChange ends a change that has not been confirmed: the address stays what it is.
func (s *site) stopChange(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	_, id, ok := sentNonce(c, v)
	if !ok {
		return s.proceedOn(c, v, &changeTrail)
	}
	_, err := s.submit(c.Request.Context(), submission{workflow: s.changeID(v), update: workflows.Cancel, id: id})
	switch {
	case onboarding.KindOf(err) == onboarding.Stale:
		return s.proceedOn(c, v, &changeTrail)
	case err != nil:
		return err
	}
	stopped := func(p place) bool { return p != atPIN }
	return s.proceedWhen(c, v, &changeTrail, stopped, profilePath, "")
}
