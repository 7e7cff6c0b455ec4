package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

const (
	askPath      = "/account-toevoegen/toestemming"
	withdrawPath = "/account-toevoegen/intrekken"
)

// addWaitingView tells that a representative has been asked whether the person may add an institution.
type addWaitingView struct {
	Nonce     string
	Candidate choice
	Email     string // that the answer is mailed to; empty when its key is gone
	Self      string // address of this page
	Args      map[string]string
}

// showAddWaiting shows the wait of an addition.
func (s *site) showAddWaiting(c *gin.Context, v visit, candidate store.Candidate, addition store.Addition) error {
	asked, err := s.Store.ApprovalOfCase(c.Request.Context(), addition.ID)
	if err != nil {
		return err
	}
	s.show(c, http.StatusOK, page{Template: "addwaiting", Title: text(c, "p.wait.h", nil), Reference: string(addition.Reference),
		View: addWaitingView{
			Nonce: newNonce(v.session.FormKey), Candidate: choiceOf(candidate, nil), Email: string(s.approvalAddress(asked.Approval)),
			Self: withCodes(proofPath, []onboarding.InstitutionCode{candidate.Code}), Args: question{asked}.args(languageOf(c))}})
	return nil
}

// submitAsking has the representatives of an institution asked.
func (s *site) submitAsking(c *gin.Context, v visit) form {
	f := s.completeAddProof(c, v, form{update: workflows.AskRepresentative, fields: []string{institutionField},
		input: additionForm{Identity: v.identity.Hash, Language: string(languageOf(c))}})
	if code, err := onboarding.ParseInstitutionCode(c.PostForm(institutionField)); err == nil {
		f.after = withCodes(proofPath, []onboarding.InstitutionCode{code})
	}
	return f
}

// withdrawAsking takes the question back.
func (s *site) withdrawAsking(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	code, err := onboarding.ParseInstitutionCode(c.PostForm(institutionField))
	if err != nil {
		c.Redirect(http.StatusSeeOther, addPath)
		return nil
	}
	back := withCodes(proofPath, []onboarding.InstitutionCode{code})
	if _, id, ok := sentNonce(c, v); ok {
		_, err = s.submit(c.Request.Context(), submission{workflow: s.additionID(v, code), update: workflows.WithdrawApproval, id: id})
	}
	if err != nil && onboarding.KindOf(err) != onboarding.Stale {
		return err
	}
	c.Redirect(http.StatusSeeOther, back)
	return nil
}
