package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/workflows"
)

// forgottenView asks for which account a new password is wanted.
type forgottenView struct {
	Nonce   string
	Account string
}

// askedView tells that a new password was asked for, in the same words whatever that leads to.
type askedView struct {
	Date, Time string // until when a link works that is mailed now
}

// forgottenInput is what the worker gets of the form.
type forgottenInput struct {
	Account  string `json:"account"`
	Identity string `json:"identity"` // hash of who asks
	Language string `json:"language"`
}

func (s *site) showForgotten(c *gin.Context, v visit) error {
	s.show(c, http.StatusOK, forgottenPage(c, "", formState{nonce: newNonce(v.session.FormKey)}))
	return nil
}

// submitForgotten asks for a new password. Here nobody looks whether there is such an account: that is done later and
// elsewhere, so that neither the answer nor its time tells.
func (s *site) submitForgotten(c *gin.Context, v visit) form {
	typed := strings.TrimSpace(c.PostForm("account"))
	workflow := workflows.PasswordResetID(s.Lookup.Hash, typed)
	f := form{
		workflow: workflow, begin: s.beginReset(v, workflow, string(languageOf(c))),
		place: anywhere, update: workflows.RequestReset,
		pace:    s.paces.credentials,
		input:   forgottenInput{typed, v.identity.Hash, string(languageOf(c))},
		page:    func(_ standing, state formState) page { return forgottenPage(c, typed, state) },
		title:   "fg.h",
		fields:  []string{"account"},
		button:  "fg.btn",
		instead: s.tellAsked(workflow),
	}
	if typed == "" {
		f.faults = []fieldError{{Field: "account", Key: "e.user.empty"}}
	}
	return f
}

func forgottenPage(c *gin.Context, typed string, state formState) page {
	return page{Template: "forgotten", Title: text(c, "fg.h", nil), Errors: state.faults,
		View: forgottenView{Nonce: state.nonce, Account: typed}}
}

// Fields of the address of the page that says what happens next.
const (
	askedAtField   = "om"   // seconds since 1970
	referenceField = "zaak" // the reference of the request
)

// tellAsked goes on to the page that says what happens next; also when a request takes no more: it had its answer.
func (s *site) tellAsked(workflow string) func(*gin.Context, bool) error {
	return func(c *gin.Context, _ bool) error {
		reference := workflows.Reference(s.Lookup.Hash, workflow)
		query := url.Values{askedAtField: {strconv.FormatInt(s.Now().Unix(), 10)}, referenceField: {string(reference)}}
		c.Redirect(http.StatusSeeOther, askedPath+"?"+query.Encode())
		return nil
	}
}

var referencePattern = regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`)

// showAsked says what happens next. The address tells when it was asked: nothing is kept for this page, or it would have
// to be found again for what is known and what is not.
func (s *site) showAsked(c *gin.Context, _ visit) error {
	seconds, err := strconv.ParseInt(c.Query(askedAtField), 10, 64)
	age := s.Now().Sub(time.Unix(seconds, 0))
	reference := c.Query(referenceField)
	if err != nil || age < 0 || age > onboarding.ResetLinkLife || !referencePattern.MatchString(reference) {
		c.Redirect(http.StatusSeeOther, forgottenPath)
		return nil
	}
	until := time.Unix(seconds, 0).Add(onboarding.ResetLinkLife)
	s.show(c, http.StatusOK, page{Template: "asked", Title: text(c, "fs.h", nil), Reference: reference,
		View: askedView{messages.Date(languageOf(c), until), messages.Time(languageOf(c), until)}})
	return nil
}
