package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
)

// form is one submitted form of a case.
type form struct {
	place  place        // where it belongs
	joins  place        // where it is taken too: sent twice, it joins what it started and gets the same answer
	goal   place        // where it leads when accepted
	query  string       // for the page there: what to say about it
	update string       // one of the updates of workflows
	input  any          // for the worker; nil where the form has no fields
	faults []fieldError // found without asking anybody
	page   func(standing, formState) page
}

// formState is what a form page shows besides its values.
type formState struct {
	nonce  string
	faults []fieldError
	clear  bool // the value cannot be used again
}

// process is what all forms of a case do: a form that the case has left behind shows where the case stands; a
// faulty one comes back; the rest is submitted, and what the verdict says becomes a redirect or the form again.
func (s *site) process(c *gin.Context, v visit, f form) error {
	st, err := s.standing(c.Request.Context(), v.identity.Hash)
	if err != nil {
		return err
	}
	nonce, id, ok := sentNonce(c, v)
	joins := st.place == f.joins && ok && len(f.faults) == 0
	if st.place != f.place && !joins {
		return s.proceed(c, v)
	}
	if !ok {
		f.faults = []fieldError{{Message: text(c, "e.stale", nil)}}
	}
	if len(f.faults) > 0 {
		s.show(c, http.StatusUnprocessableEntity, f.page(st, formState{nonce: newNonce(v.session.FormKey), faults: f.faults}))
		return nil
	}
	verdict, err := s.submit(c.Request.Context(), v, string(languageOf(c)), submission{f.update, id, f.input})
	answer, err := s.replyTo(c, verdict, err)
	switch {
	case err != nil:
		return err
	case verdict.Outcome == onboarding.Accepted:
		return s.proceedTo(c, v, f.goal, f.query)
	case answer.moved:
		return s.proceed(c, v)
	}
	if !answer.keepNonce {
		nonce = newNonce(v.session.FormKey)
	}
	if answer.retry > 0 {
		setRetryAfter(c, answer.retry)
	}
	s.show(c, answer.status, f.page(st, formState{nonce, []fieldError{answer.fault}, answer.clear}))
	return nil
}

// reply is what becomes of a submitted form: the browser goes on to where the case stands, or the form comes back
// with a fault.
type reply struct {
	moved     bool
	status    int
	fault     fieldError // Field "" is the form as a whole
	clear     bool
	keepNonce bool          // sent again as it is, the form counts once
	retry     time.Duration // Retry-After; zero: none
}

func faulty(c *gin.Context, field, key string, args map[string]string) reply {
	return reply{status: http.StatusUnprocessableEntity, fault: fieldError{field, text(c, key, args)}}
}

func later(c *gin.Context, status int, wait time.Duration, key string, args map[string]string) reply {
	return reply{status: status, fault: fieldError{Message: text(c, key, args)}, retry: wait}
}

// replyTo turns the answer of submit into a reply. Errors without a kind are faults of ours and stay errors.
func (s *site) replyTo(c *gin.Context, verdict onboarding.Verdict, err error) (reply, error) {
	var refusal *onboarding.Error
	switch {
	case err == nil:
		return s.replyToVerdict(c, verdict), nil
	case !errors.As(err, &refusal):
		return reply{}, err
	case refusal.Kind == onboarding.Stale:
		return reply{moved: true}, nil
	case refusal.Kind == onboarding.Busy:
		return later(c, http.StatusServiceUnavailable, retrySoon, refusal.Message, nil), nil
	case refusal.Kind == onboarding.Unavailable:
		s.Log.WarnContext(c.Request.Context(), "no verdict", "route", c.FullPath(), "cause", err)
		again := later(c, http.StatusServiceUnavailable, retrySoon, refusal.Message, nil)
		again.keepNonce = true
		return again, nil
	}
	return reply{}, err
}

// replyToVerdict: what the page of the case shows by itself (a lock, a refusal) is a move.
func (s *site) replyToVerdict(c *gin.Context, verdict onboarding.Verdict) reply {
	left := map[string]string{"n": strconv.Itoa(verdict.TriesLeft)}
	until := moment(c, verdict.Until)
	wait := max(verdict.Until.Sub(s.Now()), time.Second)
	ended := func(key string, args map[string]string) reply {
		again := faulty(c, "pin", key, args)
		again.clear = true
		return again
	}
	switch verdict.Outcome {
	case onboarding.WrongCredentials:
		return faulty(c, "username", "e.cred", left)
	case onboarding.WrongPIN:
		return faulty(c, "pin", "e.pin.wrong", left)
	case onboarding.EndedPIN:
		return ended("e.pin.expired", nil)
	case onboarding.ReplacedPIN:
		return ended("e.pin.older", until)
	case onboarding.TooSoon:
		return later(c, http.StatusTooManyRequests, wait, "e.mail.soon", until)
	case onboarding.TooManyMails:
		return later(c, http.StatusTooManyRequests, wait, "e.mail.many", until)
	case onboarding.TooManyAddresses:
		return faulty(c, "email", "e.mail.addresses", nil)
	case onboarding.AskAgain:
		return faulty(c, "", "e.again", nil)
	case onboarding.TooBusy, onboarding.CheckFailed:
		return later(c, http.StatusServiceUnavailable, retrySoon, "e.away", nil)
	}
	return reply{moved: true}
}

// moment fills in the clock time and the date of a text that names when something is possible again.
func moment(c *gin.Context, at time.Time) map[string]string {
	return map[string]string{"tijd": messages.Time(languageOf(c), at), "datum": messages.Date(languageOf(c), at)}
}

// parseForm reads the fields of the body.
func parseForm(c *gin.Context) error {
	err := c.Request.ParseForm()
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &statusPage{status: http.StatusRequestEntityTooLarge, view: statusView{Key: "p.400", Action: loginPath}}
	}
	if err != nil {
		return &onboarding.Error{Kind: onboarding.Invalid, Message: "p.400"}
	}
	return nil
}

// faultOf is a parser's refusal as the fault of a field.
func faultOf(c *gin.Context, field string, err error) []fieldError {
	var refusal *onboarding.Error
	if !errors.As(err, &refusal) {
		return nil
	}
	return []fieldError{{field, text(c, refusal.Message, refusal.Args)}}
}
