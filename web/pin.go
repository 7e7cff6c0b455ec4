package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// pinView asks for the PIN and tells what became of its mail.
type pinView struct {
	Nonce      string
	Email      string
	ValidUntil string // empty while no mail server has accepted the mail
	MailState  string // queued sent late undelivered
	SentAt     string
	PIN        string
	Turn       int // of refreshing by itself; 0: it does not
	At         pinPaths
}

// pinPaths are where the pages about a PIN are, and whether they are steps of two.
type pinPaths struct {
	PIN, Again, Address, Stop string
	Numbered                  bool
}

func (t *trail) pinPaths() pinPaths {
	return pinPaths{t.paths[atPIN], t.again, t.address, t.stop, t.numbered}
}

// pinInput is what the worker gets of the form.
type pinInput struct {
	PIN     onboarding.PIN `json:"pin"`
	Session []byte         `json:"session"` // token hash: this session outlives the link, others do not
}

const (
	sentField    = "nieuw"   // a new PIN was just asked for
	refreshField = "ververs" // the page refreshes itself; the value counts how often it has
)

// lastTurn is how often a page refreshes itself for those who chose that it does (WCAG 2.2.2): two minutes in all.
const lastTurn = 12

// turnOf is the turn that a page is at, 0 when it does not refresh itself or has done so long enough.
func turnOf(c *gin.Context) int {
	turn, err := strconv.Atoi(c.Query(refreshField))
	if err != nil || turn < 1 || turn > lastTurn {
		return 0
	}
	return turn
}

// Pending tells whether the mail may still change its state by itself.
func (v pinView) Pending() bool {
	return v.MailState == string(onboarding.MailQueued) || v.MailState == string(onboarding.MailLate)
}

// undelivered is a mail that was refused, or came back: the person knows what to do about it, the system does not.
const undelivered = "undelivered"

// Undelivered tells whether the mail did not arrive and won't.
func (v pinView) Undelivered() bool { return v.MailState == undelivered }

// Refreshes tells whether the page refreshes itself.
func (v pinView) Refreshes() bool { return v.Turn > 0 && v.Pending() }

// NextTurn is where the page refreshes itself to.
func (v pinView) NextTurn() string { return fmt.Sprintf("%s?%s=%d", v.At.PIN, refreshField, v.Turn+1) }

// showPIN asks for the PIN on a trail, or shows that what it is for is being done.
func (s *site) showPIN(t *trail) func(*gin.Context, visit) error {
	return func(c *gin.Context, v visit) error {
		st, err := s.standingOn(c.Request.Context(), v, t)
		if err != nil {
			return err
		}
		return s.showPINAt(c, v, st)
	}
}

func (s *site) showPINAt(c *gin.Context, v visit, st standing) error {
	switch {
	case st.place == atWork:
		return &statusPage{status: http.StatusOK, view: statusView{Key: "p.working", Action: st.path()}, reference: st.reference()}
	case st.place != atPIN:
		return s.proceedOn(c, v, st.trail)
	case st.lockedAt(s.Now()):
		return s.lockPage(c, st, "p.pinblock")
	}
	state := formState{nonce: newNonce(v.session.FormKey)}
	if s.pinEnded(st) && st.Mail != onboarding.MailBounced {
		state.faults = []fieldError{{Field: "pin", Key: "e.pin.expired"}}
	}
	shown := s.pinPage(c, st, "", state)
	if c.Query(sentField) != "" {
		shown.Success = text(c, "pin.sent", map[string]string{
			"tijd": messages.Time(languageOf(c), st.MailAt), "email": string(s.address(st))})
	}
	if view := shown.View.(pinView); view.Refreshes() {
		c.Header("Refresh", "10; url="+view.NextTurn())
	}
	s.show(c, http.StatusOK, shown)
	return nil
}

func (s *site) submitPIN(t *trail) func(*gin.Context, visit) form {
	return func(c *gin.Context, v visit) form { return s.pinForm(c, v, t) }
}

func (s *site) pinForm(c *gin.Context, v visit, t *trail) form {
	typed := c.PostForm("pin")
	pin, err := onboarding.ParsePIN(typed)
	return form{
		trail: t, workflow: t.workflow(s, v),
		place: atPIN, joins: atWork, goal: atHome, query: t.done, update: workflows.SubmitPIN,
		pace:   s.paces.pins,
		input:  pinInput{pin, v.session.TokenHash},
		faults: faultOf("pin", err),
		page:   func(st standing, state formState) page { return s.pinPage(c, st, typed, state) },
		title:  t.pinTitle, fields: []string{"pin"}, button: "pin.btn",
	}
}

// submitResend asks for another mail; the PIN in it may be the same.
func (s *site) submitResend(t *trail) func(*gin.Context, visit) form {
	return func(c *gin.Context, v visit) form {
		return form{
			trail: t, workflow: t.workflow(s, v),
			place: atPIN, goal: atPIN, query: "?" + sentField + "=1", update: workflows.ResendPIN,
			pace: s.paces.pins, mails: true,
			page: func(st standing, state formState) page { return s.pinPage(c, st, "", state) },
		}
	}
}

func (s *site) pinPage(c *gin.Context, st standing, typed string, state formState) page {
	view := pinView{
		Nonce: state.nonce, Email: string(s.address(st)), MailState: string(onboarding.MailQueued), PIN: typed,
		Turn: turnOf(c), At: st.trail.pinPaths(),
	}
	if state.clear {
		view.PIN = ""
	}
	switch st.Mail {
	case onboarding.MailSent:
		view.SentAt = messages.Time(languageOf(c), st.MailAt)
		fallthrough
	case onboarding.MailLate:
		view.MailState = string(st.Mail)
	case onboarding.MailRefused, onboarding.MailBounced:
		view.MailState = undelivered
	}
	if !st.ValidUntil.IsZero() && !s.pinEnded(st) && !view.Undelivered() {
		view.ValidUntil = messages.Time(languageOf(c), st.ValidUntil)
	}
	return page{Template: "pin", Title: text(c, st.trail.pinTitle, nil), Reference: string(st.reference()), Errors: state.faults, View: view}
}

// pinEnded tells whether the newest PIN was mailed and its time is over.
func (s *site) pinEnded(st standing) bool {
	return !st.ValidUntil.IsZero() && !s.Now().Before(st.ValidUntil)
}

// address is where the newest PIN of the case goes; empty when there is none, or its key is gone.
func (s *site) address(st standing) onboarding.Email {
	if len(st.Address) == 0 {
		return ""
	}
	opened, err := s.Records.Open(store.PinAddress(st.ID, st.Generation), st.Address)
	if err != nil {
		s.Log.Error("address of a PIN not opened", "reference", st.Reference, "cause", err)
	}
	return onboarding.Email(opened)
}

// lockPage says when a step that was locked after too many wrong tries opens again.
func (s *site) lockPage(c *gin.Context, st standing, key string) error {
	until, action := st.LockedUntil, st.path()
	if key == "p.credblock" {
		action = forgottenPath
	}
	return &statusPage{
		status:     http.StatusTooManyRequests,
		view:       statusView{Key: key, Args: moment(languageOf(c), onboarding.OnTheMinute(until)), Action: action, ShowReference: true},
		reference:  st.reference(),
		retryAfter: until.Sub(s.Now()),
	}
}
