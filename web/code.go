package web

import (
	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/workflows"
)

// A proof is given on one page with two forms: username and password, or an activation code. A button of the one form
// asks for the other and brings along what was typed in it; what the address says is what is shown.

const (
	modeField = "met" // in the address
	codeMode  = "activatiecode"
	turnField = "wissel" // of the button
)

// codeView is the form that proves an institution without an account.
type codeView struct {
	proofView
	Code string
}

// codeInput is what the worker gets of the form.
type codeInput struct {
	Email    string                    `json:"email"`
	Code     onboarding.ActivationCode `json:"code"`
	Language string                    `json:"language"`
}

// submitProof reads the form that the address names.
func (s *site) submitProof(c *gin.Context, v visit) form {
	read := s.submitLink
	if c.Query(modeField) == codeMode {
		read = s.submitCode
	}
	f := read(c, v)
	f.turned = c.PostForm(turnField) != ""
	return f
}

func (s *site) submitCode(c *gin.Context, v visit) form {
	typed := linkForm{Email: c.PostForm("email"), Language: string(languageOf(c))}
	code, mistyped := onboarding.ParseActivationCode(c.PostForm("code"))
	return form{
		trail: &linkTrail, workflow: workflows.LinkingID(v.identity.Hash), begin: s.beginLinking(v, typed.Language),
		place: atProof, goal: atPIN, update: workflows.SubmitActivationCode,
		pace: s.paces.credentials, mails: true, proves: backToCode,
		draft:  &draft{Email: typed.Email, Mode: codeMode},
		input:  codeInput{typed.parsed().Email, code, typed.Language},
		faults: append(emailFaults(typed.Email), faultOf("code", mistyped)...),
		page:   func(st standing, state formState) page { return codePage(c, v, st, typed, state) },
		title:  "code.h", fields: []string{"email", "code"}, button: "next",
	}
}

func codePage(c *gin.Context, v visit, st standing, typed linkForm, state formState) page {
	return page{Template: "code", Title: text(c, "code.h", nil), Errors: state.faults,
		View: codeView{newProofView(v, st, typed.Email, state), c.PostForm("code")}}
}
