package web

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
	"koppel/workflows"
)

// newPasswordView asks a representative for a new password.
type newPasswordView struct {
	Nonce    string
	Name     string // of the institution
	Code     string
	Accounts []accountChoice // one: there is nothing to choose
}

type accountChoice struct {
	ID, Username string
	Chosen       bool
}

// newPasswordInput is what the worker gets of the form.
type newPasswordInput struct {
	Token    string `json:"token"`
	Account  string `json:"account"`
	Password string `json:"password"`
}

// passwordChangedView is the end.
type passwordChangedView struct{}

var resetLink = mailedLink{onboarding.ResetLink, "__Host-reset"}

// accountField holds the id of the chosen account.
const accountField = "keuze"

// showNewPassword is the page behind the mailed link. It needs no login: who reads the mailbox of the representative
// may choose, and a representative need not have eHerkenning.
func (s *site) showNewPassword(c *gin.Context) error {
	if resetLink.take(c) {
		return nil
	}
	token := resetLink.token(c)
	reset, err := s.reset(c, token)
	if err != nil {
		return err
	}
	s.show(c, http.StatusOK, newPasswordPage(c, reset, formState{nonce: newNonce(resetLink.formKey(s, token))}))
	return nil
}

// reset is the request that a token opens.
func (s *site) reset(c *gin.Context, token string) (store.ResetPage, error) {
	hash := sha256.Sum256([]byte(token))
	found, err := s.Store.ResetPage(c.Request.Context(), hash[:], s.Now())
	if onboarding.KindOf(err) == onboarding.NotFound {
		return found, deadResetLink()
	}
	return found, err
}

func deadResetLink() error {
	return &statusPage{status: http.StatusGone, view: statusView{Key: "p.reset", Action: forgottenPath}}
}

// submitNewPassword is for people without a session, so the token signs the form.
func (s *site) submitNewPassword(c *gin.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	token := resetLink.token(c)
	f := form{
		place: anywhere, update: workflows.SetPassword, pace: s.paces.credentials,
		input: newPasswordInput{token, c.PostForm(accountField), c.PostForm("new")},
		title: "rs.h", fields: []string{"new"}, button: "rs.btn",
		instead: passwordSaved,
	}
	reset, err := s.reset(c, token)
	if err == nil {
		f.workflow, f.faults = reset.WorkflowID, newPasswordFaults(c, reset)
		f.page = func(_ standing, state formState) page { return newPasswordPage(c, reset, state) }
		err = s.processAnywhere(c, visit{session: store.Session{FormKey: resetLink.formKey(s, token)}}, f)
	}
	if onboarding.KindOf(err) == onboarding.Unavailable {
		s.giveBack(c, f, err)
		return nil
	}
	return err
}

// newPasswordFaults finds what needs no look at the account. What is easy to guess, the worker tells, who knows the names
// around the account.
func newPasswordFaults(c *gin.Context, reset store.ResetPage) (faults []fieldError) {
	if len(reset.Accounts) > 1 && chosen(c, reset) == "" {
		faults = append(faults, fieldError{Field: accountField, Key: "e.account.choose"})
	}
	switch _, err := passwords.ParseNew(c.PostForm("new")); {
	case errors.Is(err, passwords.ErrShort):
		faults = append(faults, fieldError{Field: "new", Key: "e.new.short"})
	case errors.Is(err, passwords.ErrLong):
		faults = append(faults, fieldError{Field: "new", Key: "e.new.long"})
	}
	return faults
}

// chosen is the account that was chosen among those of the request; empty when none was.
func chosen(c *gin.Context, reset store.ResetPage) string {
	typed := c.PostForm(accountField)
	if slices.ContainsFunc(reset.Accounts, func(a store.ResetAccount) bool { return a.ID == typed }) {
		return typed
	}
	return ""
}

// passwordSaved leads to the end, or says that the link works no more.
func passwordSaved(c *gin.Context, accepted bool) error {
	resetLink.forget(c)
	if !accepted {
		return deadResetLink()
	}
	c.Redirect(http.StatusSeeOther, passwordChangedPath)
	return nil
}

func newPasswordPage(c *gin.Context, reset store.ResetPage, state formState) page {
	view := newPasswordView{Nonce: state.nonce, Name: reset.Name, Code: string(reset.Code)}
	for _, account := range reset.Accounts {
		view.Accounts = append(view.Accounts, accountChoice{account.ID, account.Username, account.ID == chosen(c, reset)})
	}
	return page{Template: "newpassword", Title: text(c, "rs.h", nil), Errors: state.faults, View: view}
}

func (s *site) showPasswordChanged(c *gin.Context) error {
	s.show(c, http.StatusOK, page{Template: "passwordchanged", Title: text(c, "rd.h", nil), View: passwordChangedView{}})
	return nil
}
