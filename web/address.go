package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/workflows"
)

// addressView asks for another address for the PIN.
type addressView struct {
	Nonce    string
	Email    string
	Lead     string // key
	Action   string
	Back     string // path
	BackTo   string // key of the words of the link to it
	Numbered bool   // it is a step of two
}

// addressInput is what the worker gets of the form.
type addressInput struct {
	Email    onboarding.Email `json:"email"`
	Language string           `json:"language"` // of the mails from here on
}

func (s *site) showAddress(c *gin.Context, v visit) error {
	st, err := s.standing(c.Request.Context(), v.identity.Hash)
	switch {
	case err != nil:
		return err
	case st.place != atPIN:
		return s.proceed(c, v)
	case st.lockedAt(s.Now()):
		return s.lockPage(c, st, "p.pinblock")
	}
	s.show(c, http.StatusOK, addressPage(c, st, string(s.address(st)), formState{nonce: newNonce(v.session.FormKey)}))
	return nil
}

func (s *site) submitAddress(c *gin.Context, v visit) form {
	typed := c.PostForm("email")
	email, _ := onboarding.ParseEmail(typed) // emailFaults reports what is wrong with it
	return form{
		trail: &linkTrail, workflow: workflows.LinkingID(v.identity.Hash),
		place: atPIN, goal: atPIN, update: workflows.ChangeAddress,
		pace: s.paces.pins, mails: true,
		input:  addressInput{email, string(languageOf(c))},
		faults: emailFaults(typed),
		draft:  &draft{Email: typed},
		page:   func(st standing, state formState) page { return addressPage(c, st, typed, state) },
		title:  "other.h", fields: []string{"email"}, button: "other.btn",
	}
}

// addressPage asks for an address: another one where a PIN is awaited, else the first of the case.
func addressPage(c *gin.Context, st standing, email string, state formState) page {
	t := st.trail
	view := addressView{Nonce: state.nonce, Email: email, Lead: t.addressLead, Action: t.address,
		Back: st.path(), BackTo: "other.back", Numbered: t.numbered}
	title := t.addressTitle
	if st.place == atPIN {
		title, view.Lead = "other.h", "other.p"
	} else {
		view.BackTo = "back"
	}
	return page{Template: "address", Title: text(c, title, nil), Reference: string(st.reference()), Errors: state.faults, View: view}
}
