package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
)

// statusPage is an error with a page of its own.
type statusPage struct {
	status     int
	view       statusView
	reference  onboarding.Reference // empty: the case's, if the visitor has one
	retryAfter time.Duration        // zero: no Retry-After
}

func (p *statusPage) Error() string { return p.view.Key }

// kindPages are the pages of domain errors that reach the top; awayPage is that of Unavailable.
var kindPages = map[onboarding.Kind]statusPage{
	onboarding.Invalid:  {status: http.StatusBadRequest, view: statusView{Key: "p.400", Action: loginPath}},
	onboarding.NotFound: {status: http.StatusNotFound, view: statusView{Key: "p.404", Action: loginPath}},
	onboarding.Conflict: {status: http.StatusConflict, view: statusView{Key: "p.tab", Action: linkPath}},
	onboarding.Stale:    {status: http.StatusConflict, view: statusView{Key: "p.tab", Action: linkPath}},
	onboarding.Busy:     {status: http.StatusServiceUnavailable, view: statusView{Key: "p.away", Action: linkPath}, retryAfter: retrySoon},
}

// retrySoon is the Retry-After of what is over in a moment.
const retrySoon = 5 * time.Second

// fail turns an error into a page. What has none is a fault of ours: it is logged with a reference, and the page
// shows nothing but that reference.
func (s *site) fail(c *gin.Context, err error) {
	var own *statusPage
	if errors.As(err, &own) {
		s.showStatus(c, *own)
		return
	}
	if onboarding.KindOf(err) == onboarding.Unavailable {
		s.saw(c, err)
		s.showStatus(c, awayPage(c))
		return
	}
	if page, known := kindPages[onboarding.KindOf(err)]; known {
		s.showStatus(c, page)
		return
	}
	reference := randomReference()
	s.Log.ErrorContext(c.Request.Context(), "request failed", "route", c.FullPath(), "reference", reference, "cause", err)
	s.showStatus(c, statusPage{
		status:    http.StatusInternalServerError,
		view:      statusView{Key: "p.500", Action: loginPath, ShowReference: true},
		reference: reference,
	})
}

// staticFailure is the last resort: it needs neither template nor language.
func staticFailure(c *gin.Context, reference onboarding.Reference) {
	if c.Writer.Written() {
		return
	}
	c.Data(http.StatusInternalServerError, "text/html; charset=utf-8", fmt.Appendf(nil,
		"<!doctype html><html lang=\"nl\"><title>MijnHelpdeskPO</title><h1>Er ging bij ons iets mis</h1>"+
			"<p>Probeer het over een paar minuten opnieuw. Foutcode: %s.</p>"+
			"<p lang=\"en\">Something went wrong on our side. Try again in a few minutes. Error code: %s.</p>",
		reference, reference))
}

// randomReference is for those who have no case to refer to.
func randomReference() onboarding.Reference {
	random := make([]byte, 8)
	rand.Read(random)
	return onboarding.NewReference(random)
}

func setRetryAfter(c *gin.Context, wait time.Duration) {
	seconds := max(1, int((wait+time.Second-1)/time.Second)) // rounded up: trying then works
	c.Header("Retry-After", strconv.Itoa(seconds))
}
