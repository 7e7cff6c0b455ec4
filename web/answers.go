package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
)

// form is one submitted form of a case.
type form struct {
	trail    *trail       // that tells where somebody is at; nil: that of a link
	workflow string       // id of that case
	begin    beginning    // of that case, if the form may begin one
	place    place        // where it belongs
	also     place        // where it belongs too; zero: nowhere
	again    place        // where it belongs once the case is done: it begins another
	joins    place        // where it is taken too: sent twice, it joins what it started and gets the same answer
	goal     place        // where it leads when accepted
	query    string       // for the page there: what to say about it
	update   string       // one of the updates of workflows
	input    any          // for the worker; nil where the form has no fields
	faults   []fieldError // found without asking anybody
	obstacle error        // a page that comes instead of the form; nil: none
	after    string       // address that it leads to, whatever becomes of it; empty: where the case stands
	pace     *pace        // of the network that sends it
	mails    bool         // accepted, it mails a PIN
	draft    *draft       // what of it a new login fills in again, with an address that PINs go to; nil: nothing
	turned   bool         // it is only to be shown, with what was typed in another one
	proves   comeback     // it is a proof, for which a login must be fresh: where a new one leads back to
	page     func(standing, formState) page
	instead  func(c *gin.Context, accepted bool) error // answers instead of goal: accepted, or the case takes no more

	title  string   // key of the heading
	fields []string // ids of its text fields, in order
	button string   // key of the words on its button
}

// formState is what a form page shows besides its values.
type formState struct {
	nonce  string
	faults []fieldError
	clear  bool // the value cannot be used again
}

// process is what all forms of a case do: a form that the case has left behind shows where the case stands; a
// faulty one comes back, also when only the language is to change; the rest is submitted.
func (s *site) process(c *gin.Context, v visit, f form) error {
	if f.place == anywhere {
		return s.processAnywhere(c, v, f)
	}
	f.trail = cmp.Or(f.trail, &linkTrail)
	if f.trail.linked && v.identity.Person == "" {
		return s.proceed(c, v)
	}
	st, err := s.standingOn(c.Request.Context(), v, f.trail)
	if err != nil {
		return err
	}
	_, _, ok := sentNonce(c, v)
	joins := st.place == f.joins && ok && len(f.faults) == 0
	switches := c.Query(languageField) != ""
	if st.place == f.place && f.obstacle != nil {
		return f.obstacle
	}
	switch {
	case !slices.Contains([]place{f.place, f.also, f.again}, st.place) && (switches || !joins):
		return s.proceedOn(c, v, f.trail)
	case switches:
		s.showAgain(c, v, f, st)
		return nil
	}
	old := f.proves != "" && !s.fresh(v)
	switch {
	case f.draft == nil || !ok:
	case old, f.turned:
		s.keepDraft(c, v.identity.Hash, *f.draft)
	default:
		f.faults = append(f.faults, s.question(c, v, f)...)
	}
	if old {
		return staleLogin(f.proves)
	}
	if f.turned {
		s.showForm(c, v, http.StatusOK, f, st, formState{nonce: newNonce(v.session.FormKey)})
		return nil
	}
	return s.take(c, v, f, st)
}

// processAnywhere is process for a form that fits wherever a person is at.
func (s *site) processAnywhere(c *gin.Context, v visit, f form) error {
	if c.Query(languageField) != "" {
		s.showAgain(c, v, f, standing{})
		return nil
	}
	return s.take(c, v, f, standing{})
}

// take submits a form that belongs where the person is at, unless it is faulty.
func (s *site) take(c *gin.Context, v visit, f form, st standing) error {
	if _, _, ok := sentNonce(c, v); !ok {
		f.faults = []fieldError{{Key: "e.stale"}}
	}
	if len(f.faults) > 0 {
		s.showForm(c, v, http.StatusUnprocessableEntity, f, st, formState{nonce: newNonce(v.session.FormKey), faults: f.faults})
		return nil
	}
	return s.submitForm(c, v, f, st)
}

// submitForm submits a form without faults. What the verdict says becomes a redirect or the form again.
func (s *site) submitForm(c *gin.Context, v visit, f form, st standing) error {
	nonce, id, _ := sentNonce(c, v)
	verdict, answer, err := s.ask(c, v, f, id)
	switch {
	case err != nil:
		return err
	case f.after != "" && (verdict.Outcome == onboarding.Accepted || answer.moved):
		c.Redirect(http.StatusSeeOther, f.after)
		return nil
	case f.instead != nil && (answer.moved || verdict.Outcome == onboarding.Accepted):
		return f.instead(c, verdict.Outcome == onboarding.Accepted)
	case verdict.Outcome == onboarding.Accepted:
		if f.draft != nil {
			s.dropDraft(c, v.identity.Hash)
		}
		return s.proceedTo(c, v, f.trail, f.goal, f.query)
	case answer.moved:
		return s.proceedOn(c, v, f.trail)
	}
	if !answer.keepNonce {
		nonce = newNonce(v.session.FormKey)
	}
	if answer.retry > 0 {
		setRetryAfter(c, answer.retry)
	}
	s.showForm(c, v, answer.status, f, st, formState{nonce, []fieldError{answer.fault}, answer.clear})
	return nil
}

// ask submits a form, unless its network is too fast: then nothing happens, and the form can be sent again as it is.
func (s *site) ask(c *gin.Context, v visit, f form, id string) (onboarding.Verdict, reply, error) {
	network, now := c.ClientIP(), s.Now()
	wait := f.pace.take(network, now)
	if wait == 0 && f.mails {
		wait = s.paces.pinMails.take(network, now)
	}
	if wait > 0 {
		slow := later(http.StatusTooManyRequests, wait, fieldError{Key: "e.pace", At: onboarding.OnTheMinute(now.Add(wait))})
		slow.keepNonce = true
		return onboarding.Verdict{}, slow, nil
	}
	verdict, err := s.submit(c.Request.Context(), submission{f.workflow, f.begin, f.update, id, f.input})
	if f.mails && err == nil && verdict.Outcome != onboarding.Accepted {
		s.paces.pinMails.giveBack(network, s.Now())
	}
	answer, err := s.replyTo(c, verdict, err)
	return verdict, answer, err
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

func faulty(fault fieldError) reply {
	return reply{status: http.StatusUnprocessableEntity, fault: fault}
}

func later(status int, wait time.Duration, fault fieldError) reply {
	return reply{status: status, fault: fault, retry: wait}
}

// replyTo turns the answer of submit into a reply. Errors without a kind are faults of ours and stay errors.
func (s *site) replyTo(c *gin.Context, verdict onboarding.Verdict, err error) (reply, error) {
	var refusal *onboarding.Error
	switch {
	case err == nil:
		return s.replyToVerdict(verdict), nil
	case !errors.As(err, &refusal):
		return reply{}, err
	case refusal.Kind == onboarding.Stale:
		return reply{moved: true}, nil
	case refusal.Kind == onboarding.Busy:
		return later(http.StatusServiceUnavailable, retrySoon, fieldError{Key: refusal.Message}), nil
	case refusal.Kind == onboarding.Unavailable:
		s.saw(c, err)
		again := later(http.StatusServiceUnavailable, retrySoon, fieldError{Key: refusal.Message})
		again.keepNonce = true
		return again, nil
	}
	return reply{}, err
}

// replyToVerdict: what the page of the case shows by itself (a lock, a refusal) is a move.
func (s *site) replyToVerdict(verdict onboarding.Verdict) reply {
	left := map[string]string{"n": strconv.Itoa(verdict.TriesLeft)}
	wait := max(verdict.Until.Sub(s.Now()), time.Second)
	ended := func(key string, at time.Time) reply {
		again := faulty(fieldError{Field: "pin", Key: key, At: at})
		again.clear = true
		return again
	}
	switch verdict.Outcome {
	case onboarding.WrongCredentials:
		return faulty(fieldError{Field: "username", Key: "e.cred", Args: left})
	case onboarding.OtherInstitution:
		return faulty(fieldError{Field: "username", Key: "e.add.other"})
	case onboarding.Closed:
		return faulty(fieldError{Field: "username", Key: "e.cred.closed"})
	case onboarding.WrongCode:
		return faulty(fieldError{Field: "code", Key: "e.code.unknown", Args: left})
	case onboarding.CodeUsed:
		return faulty(fieldError{Field: "code", Key: "e.code.used"})
	case onboarding.CodeEnded:
		return faulty(fieldError{Field: "code", Key: "e.code.expired", At: verdict.Until})
	case onboarding.WrongPIN:
		return faulty(fieldError{Field: "pin", Key: "e.pin.wrong", Args: left})
	case onboarding.EndedPIN:
		return ended("e.pin.expired", time.Time{})
	case onboarding.ReplacedPIN:
		return ended("e.pin.older", verdict.Until)
	case onboarding.TooSoon:
		return later(http.StatusTooManyRequests, wait, fieldError{Key: "e.mail.soon", At: onboarding.OnTheMinute(verdict.Until)})
	case onboarding.TooManyMails:
		return later(http.StatusTooManyRequests, wait, fieldError{Key: "e.mail.many", At: onboarding.OnTheMinute(verdict.Until)})
	case onboarding.TooManyQuestions:
		return later(http.StatusTooManyRequests, wait, fieldError{Key: "e.ap.many", At: onboarding.OnTheMinute(verdict.Until)})
	case onboarding.KnownPassword:
		return faulty(fieldError{Field: "new", Key: "e.new.known"})
	case onboarding.TooManyAddresses:
		return faulty(fieldError{Field: "email", Key: "e.mail.addresses"})
	case onboarding.AskAgain:
		return faulty(fieldError{Key: "e.again"})
	case onboarding.TooBusy, onboarding.CheckFailed:
		return later(http.StatusServiceUnavailable, retrySoon, fieldError{Key: "e.away"})
	}
	return reply{moved: true}
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
