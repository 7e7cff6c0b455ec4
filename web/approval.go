package web

import (
	"crypto/sha256"
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// approvalLink leads a representative from a mail to the question. It needs no login: representatives often have none,
// and whoever reads that mailbox decides for the institution.
var approvalLink = mailedLink{path: onboarding.ApprovalLink, cookie: "__Host-toestemming"}

// approvalView asks a representative: who, since when, for which institution. Of the person it shows where mail goes to,
// masked.
type approvalView struct {
	Nonce        string
	Organisation string // may be empty
	KvK          string
	Email        string
	Why          string // key of the reason
	Args         map[string]string
}

// approvalInput is what the worker gets of the answer.
type approvalInput struct {
	Token    string              `json:"token"`
	Decision onboarding.Decision `json:"decision"`
}

// whys are the keys of why a representative is asked.
var whys = map[onboarding.Ground]string{
	onboarding.OtherOrganisation: "ap.why", onboarding.HeldAlready: "ap.why.held", onboarding.NoContact: "ap.why.contact",
}

const (
	answerField   = "antwoord"
	answeredField = "beantwoord" // asks for what became of the answer
)

// answers are the values of the two buttons.
var answers = map[string]onboarding.Decision{"toestaan": onboarding.Approved, "weigeren": onboarding.Declined}

// showApproval shows the question, or why there is none any more.
func (s *site) showApproval(c *gin.Context) error {
	if approvalLink.take(c) {
		return nil
	}
	token := approvalLink.token(c)
	asked, err := s.askedBy(c, token)
	if err != nil {
		return err
	}
	if err := s.noQuestion(c, asked); err != nil {
		return err
	}
	s.show(c, http.StatusOK, page{
		Template: "approval", Title: text(c, "ap.h", asked.args(languageOf(c))), Reference: string(asked.Reference),
		View: approvalView{
			Nonce: newNonce(approvalLink.formKey(s, token)), Organisation: asked.Organisation, KvK: string(asked.KvK),
			Email: s.approvalAddress(asked.Approval).Masked(), Why: whys[asked.Ground], Args: asked.args(languageOf(c)),
		}})
	return nil
}

// submitApproval hands over the answer. Its nonce belongs to the link, so both buttons of a page answer once.
func (s *site) submitApproval(c *gin.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	token := approvalLink.token(c)
	asked, err := s.askedBy(c, token)
	if err != nil {
		return err
	}
	id, ok := nonceID(approvalLink.formKey(s, token), c.PostForm(nonceField))
	decision, known := answers[c.PostForm(answerField)]
	if !ok || !known || s.noQuestion(c, asked) != nil {
		c.Redirect(http.StatusSeeOther, string(approvalLink.path))
		return nil
	}
	verdict, err := s.submit(c.Request.Context(), submission{
		workflow: asked.WorkflowID, update: workflows.DecideApproval, id: id, input: approvalInput{token, decision}})
	if err != nil && onboarding.KindOf(err) != onboarding.Stale {
		return err
	}
	target := string(approvalLink.path)
	if verdict.Outcome == onboarding.Accepted {
		target += "?" + answeredField + "=1"
	}
	c.Redirect(http.StatusSeeOther, target)
	return nil
}

// question is an approval as pages tell of it.
type question struct{ store.ApprovalAsked }

// args fill the placeholders of texts about the question.
func (q question) args(language messages.Language) map[string]string {
	return map[string]string{
		"naam": q.Name, "code": string(q.Institution),
		"datum": messages.Date(language, q.RequestedAt), "tijd": messages.Time(language, q.RequestedAt),
		"datum2": messages.Date(language, q.ExpiresAt), "tijd2": messages.Time(language, q.ExpiresAt),
	}
}

// askedBy is the question that a link is for. A link that is none, or has been replaced, has a page that says so.
func (s *site) askedBy(c *gin.Context, token string) (question, error) {
	link := sha256.Sum256([]byte(token))
	asked, err := s.Store.ApprovalByLink(c.Request.Context(), link[:])
	if onboarding.KindOf(err) == onboarding.NotFound {
		return question{}, &statusPage{status: http.StatusGone, view: statusView{Key: "p.ap.gone"}}
	}
	return question{asked}, err
}

// noQuestion is the page that stands in the place of a question that needs no answer any more.
func (s *site) noQuestion(c *gin.Context, asked question) error {
	told := c.Query(answeredField) != ""
	switch {
	case asked.Decision == "" && s.Now().Before(asked.ExpiresAt):
		return nil
	case asked.Decision == onboarding.Approved && told:
		return &statusPage{status: http.StatusOK, view: statusView{Key: "p.ap.yes"}}
	case asked.Decision == onboarding.Declined && told:
		return &statusPage{status: http.StatusOK, view: statusView{Key: "p.ap.no"}}
	case asked.Decision == onboarding.Lapsed || asked.Decision == "":
		return &statusPage{status: http.StatusGone, view: statusView{Key: "p.ap.gone"}}
	}
	return &statusPage{status: http.StatusGone, view: statusView{Key: "p.ap.done"}}
}
