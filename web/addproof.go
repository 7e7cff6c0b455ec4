package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// addProofView is the page for an institution that the register does not let the person add with this login.
type addProofView struct {
	Nonce     string
	Candidate choice
	Contact   bool // the person is a contact, but another organisation is its board
	Own       bool // the login is of its board: a credential of the institution counts
	KvK       string
	Username  string
	Code      string // activation code
	Refused   string // key of why the representatives' answer has added nothing; empty: no such answer
}

// showAddProof shows what else can be shown for an institution, that its representatives are asked, or where it is added
// without.
func (s *site) showAddProof(c *gin.Context, v visit) error {
	candidate, err := s.candidateIn(c, v, c.Query(institutionField))
	if err != nil {
		return err
	}
	addition, err := s.addition(c, v, candidate.Code)
	switch {
	case err != nil:
		return err
	case addition.Step == onboarding.AwaitRepresentative && !candidate.Member:
		return s.showAddWaiting(c, v, candidate, addition)
	case candidate.Member || candidate.Addable():
		c.Redirect(http.StatusSeeOther, addressOf(candidate))
		return nil
	case !s.fresh(v):
		return staleLogin(backToAdding)
	}
	shown := addProofPage(c, v, candidate, "", formState{nonce: newNonce(v.session.FormKey)})
	if refused := unapproved[addition.Refusal]; refused != "" && !addition.Step.Over() {
		view := shown.View.(addProofView)
		view.Refused = refused
		shown.View, shown.Reference = view, string(addition.Reference)
	}
	s.show(c, http.StatusOK, shown)
	return nil
}

// unapproved are the keys of why a question to the representatives has added nothing.
var unapproved = map[onboarding.Outcome]string{
	onboarding.NotApproved: "add.refused", onboarding.NotAnswered: "add.lapsed",
}

// addition is the newest case of the person for an institution; zero when there is none.
func (s *site) addition(c *gin.Context, v visit, code onboarding.InstitutionCode) (store.Addition, error) {
	found, err := s.Store.LatestAddition(c.Request.Context(), v.identity.Person, code)
	if onboarding.KindOf(err) == onboarding.NotFound {
		return store.Addition{}, nil
	}
	return found, err
}

func (s *site) candidateIn(c *gin.Context, v visit, sent string) (store.Candidate, error) {
	code, err := onboarding.ParseInstitutionCode(sent)
	if err != nil {
		return store.Candidate{}, &onboarding.Error{Kind: onboarding.NotFound, Message: "p.404"}
	}
	return s.candidate(c, v, code)
}

func addProofPage(c *gin.Context, v visit, candidate store.Candidate, username string, state formState) page {
	title := text(c, "p.notcontact.h", nil)
	if candidate.Contact {
		title = text(c, "add.board.h", nil)
	}
	return page{Template: "addproof", Title: title, Errors: state.faults, View: addProofView{
		Nonce: state.nonce, Candidate: choiceOf(candidate, nil), Contact: candidate.Contact, Own: candidate.OwnBoard,
		KvK: string(v.identity.Organisation), Username: username, Code: c.PostForm("code")}}
}

// submitAddProof takes username and password of the institution's account, or its activation code.
func (s *site) submitAddProof(c *gin.Context, v visit) form {
	if _, given := c.GetPostForm("code"); given {
		return s.completeAddProof(c, v, addProofByCode(c, v))
	}
	return s.completeAddProof(c, v, addProofByCredentials(c, v))
}

func addProofByCredentials(c *gin.Context, v visit) form {
	username, password := c.PostForm("username"), c.PostForm("password")
	f := form{update: workflows.SubmitCredentials, fields: []string{"username", "password", institutionField},
		input: additionForm{Identity: v.identity.Hash, Language: string(languageOf(c)), Username: username, Password: password}}
	if strings.TrimSpace(username) == "" {
		f.faults = append(f.faults, fieldError{Field: "username", Key: "e.user.empty"})
	}
	if password == "" {
		f.faults = append(f.faults, fieldError{Field: "password", Key: "e.pw.empty"})
	}
	return f
}

func addProofByCode(c *gin.Context, v visit) form {
	code, mistyped := onboarding.ParseActivationCode(c.PostForm("code"))
	return form{update: workflows.SubmitActivationCode, fields: []string{"code", institutionField},
		input:  additionForm{Identity: v.identity.Hash, Language: string(languageOf(c)), Code: code},
		faults: faultOf("code", mistyped)}
}

// completeAddProof adds what the forms have in common.
func (s *site) completeAddProof(c *gin.Context, v visit, f form) form {
	f.place, f.pace, f.proves = atHome, s.paces.credentials, backToAdding
	f.title, f.button = "p.notcontact.h", "next"
	if v.identity.Person == "" {
		return f // goes to where it is at
	}
	candidate, err := s.candidateIn(c, v, c.PostForm(institutionField))
	f.obstacle = err
	f.workflow, f.begin = s.additionID(v, candidate.Code), s.beginAddition(v, candidate.Code, string(languageOf(c)))
	f.after = withCodes(resultPath, []onboarding.InstitutionCode{candidate.Code})
	f.page = func(_ standing, state formState) page {
		return addProofPage(c, v, candidate, c.PostForm("username"), state)
	}
	return f
}
