package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// waitingView tells that a representative has been asked, and until when the answer can come. It names the institution,
// and nobody who works there.
type waitingView struct {
	Nonce string
	Email string // that the answer is mailed to
	Why   string // key of the reason
	Args  map[string]string
}

func (s *site) showWaiting(c *gin.Context, v visit) error {
	st, err := s.standing(c.Request.Context(), v.identity.Hash)
	if err != nil {
		return err
	}
	if st.place != atApproval {
		return s.proceed(c, v)
	}
	asked, err := s.Store.ApprovalOfCase(c.Request.Context(), st.linking.ID)
	if err != nil {
		return err
	}
	why := "p.wait.p"
	if asked.Ground == onboarding.HeldAlready {
		why = "p.wait.p.held"
	}
	s.show(c, http.StatusOK, page{Template: "waiting", Title: text(c, "p.wait.h", nil), View: waitingView{
		Nonce: newNonce(v.session.FormKey), Email: string(s.approvalAddress(asked.Approval)),
		Why: why, Args: question{asked}.args(languageOf(c)),
	}})
	return nil
}

// approvalAddress is where the answer is mailed to; empty when its key is gone.
func (s *site) approvalAddress(asked store.Approval) onboarding.Email {
	opened, err := s.Records.Open(store.ApprovalAddress(asked.Case, asked.Number), asked.Address)
	if err != nil {
		s.Log.Error("address of an approval not opened", "reference", asked.Reference, "cause", err)
	}
	return onboarding.Email(opened)
}

// submitOther takes the question back, for somebody who goes on with other details.
func (s *site) submitOther(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	_, id, ok := sentNonce(c, v)
	if !ok {
		return s.proceed(c, v)
	}
	_, err := s.submit(c.Request.Context(), submission{
		workflow: workflows.LinkingID(v.identity.Hash), update: workflows.WithdrawApproval, id: id})
	if err != nil && onboarding.KindOf(err) != onboarding.Stale {
		return err
	}
	return s.proceed(c, v)
}
