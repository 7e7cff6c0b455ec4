package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/eherkenning"
	"koppel/onboarding"
	"koppel/store"
)

// Fields in which the broker sends the browser back (SAML bindings 3.6.3).
const (
	artifactField   = "SAMLart"
	relayStateField = "RelayState"
	responseField   = "SAMLResponse" // of another binding; never accepted
)

// Why a login was refused before or after eherkenning had a say; other reasons are eherkenning.Reason values.
const (
	ReasonNoCookie = "no_cookie" // the browser keeps no cookies, or never started a login
	ReasonUnknown  = "unknown_login"
	ReasonBinding  = "wrong_binding"
	ReasonReplayed = "assertion_replayed"
)

// keepArtifact is the assertion consumer service for brokers that post. The post comes from another site, so the
// browser sends no cookies with it: the artifact is kept until our own redirect brings the browser here with them.
func (s *site) keepArtifact(c *gin.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	artifact, relayState := c.PostForm(artifactField), c.PostForm(relayStateField)
	if err := s.checkAnswer(c, artifact, c.PostForm(responseField)); err != nil {
		return err
	}
	err := s.Store.KeepArtifact(c.Request.Context(), s.relayHash(relayState), artifact, s.Now())
	// A second click on the broker's page posts again; which of the two goes on is decided where the cookies are.
	if err != nil && onboarding.KindOf(err) != onboarding.NotFound {
		return err
	}
	c.Redirect(http.StatusSeeOther, backPath+"?"+url.Values{relayStateField: {relayState}}.Encode())
	return nil
}

// receiveArtifact is the assertion consumer service for brokers that redirect.
func (s *site) receiveArtifact(c *gin.Context) error {
	artifact := c.Query(artifactField)
	if err := s.checkAnswer(c, artifact, c.Query(responseField)); err != nil {
		return err
	}
	pending, err := s.takePending(c)
	if err != nil {
		return err
	}
	return s.finishLogin(c, pending, artifact)
}

// fetchArtifact goes on where keepArtifact left off.
func (s *site) fetchArtifact(c *gin.Context) error {
	pending, err := s.takePending(c)
	if err != nil {
		return err
	}
	if pending.Artifact == "" {
		return s.refuseLogin(c, ReasonUnknown, answerPage, nil)
	}
	return s.finishLogin(c, pending, pending.Artifact)
}

// checkAnswer looks at what costs nothing before anything is consumed.
func (s *site) checkAnswer(c *gin.Context, artifact, response string) error {
	if response != "" {
		return s.refuseLogin(c, ReasonBinding, answerPage, nil)
	}
	if err := s.ServiceProvider.CheckArtifact(artifact); err != nil {
		return s.refuseAnswer(c, err)
	}
	return nil
}

// takePending consumes the login that this browser started.
func (s *site) takePending(c *gin.Context) (store.PendingLogin, error) {
	if len(c.Request.Cookies()) == 0 {
		return store.PendingLogin{}, s.refuseLogin(c, ReasonNoCookie, cookiePage, nil)
	}
	browser, _ := c.Cookie(browserCookie) // none: there is no such pending login
	pending, err := s.Store.TakePendingLogin(c.Request.Context(), s.relayHash(c.Query(relayStateField)), s.browserHash(browser), s.Now())
	if onboarding.KindOf(err) == onboarding.NotFound {
		return pending, s.refuseLogin(c, ReasonUnknown, answerPage, nil)
	}
	return pending, err
}

// finishLogin asks the broker who it was and lets that person in.
func (s *site) finishLogin(c *gin.Context, pending store.PendingLogin, artifact string) error {
	if len(pending.Session) > 0 {
		return s.finishJoining(c, pending, artifact)
	}
	login, err := s.ServiceProvider.Login(c.Request.Context(), artifact, pending.RequestID)
	s.Health.Saw(BrokerPart, unreachable(err))
	if err != nil {
		return s.refuseAnswer(c, err)
	}
	identity, err := s.record(c, login)
	if onboarding.KindOf(err) == onboarding.Conflict {
		return s.refuseLogin(c, ReasonReplayed, answerPage, nil)
	}
	if err != nil {
		return err
	}
	s.speakOf(c, identity.Hash)
	if err := s.sessions.begin(c, identity.Hash, identity.Person != ""); err != nil {
		return err
	}
	setCookie(c, browserCookie, "", -time.Second)
	if identity.Person != "" {
		c.Redirect(http.StatusSeeOther, landing(pending.Back, homePath))
		return nil
	}
	now := visit{store.Session{Identity: identity.Hash, AuthenticatedAt: s.Now()}, identity}
	if err := s.startLinking(c.Request.Context(), now, pending.Language); err != nil {
		// The first submit starts the case as well: nobody is kept out because the engine is away.
		s.saw(c, err)
		s.Log.WarnContext(c.Request.Context(), "case not started at login", "cause", err)
	}
	c.Redirect(http.StatusSeeOther, landing(pending.Back, linkPath))
	return nil
}

// record notes the login and returns the identity with its person, if it has one.
func (s *site) record(c *gin.Context, login onboarding.Login) (store.Identity, error) {
	hash := s.Lookup.Hash(append([]string{"identity"}, login.IdentityKey()...)...)
	subject, err := json.Marshal(login.ActingSubject)
	if err != nil {
		return store.Identity{}, fmt.Errorf("write acting subject: %w", err)
	}
	sealed, err := s.Records.Seal("identities/"+hash, subject)
	if err != nil {
		return store.Identity{}, fmt.Errorf("seal acting subject: %w", err)
	}
	ctx := c.Request.Context()
	err = s.Store.RecordLogin(ctx, login, store.Identity{
		Hash: hash, Sealed: sealed, Organisation: login.Organisation, Name: login.OrganisationName,
		Intermediary: login.Intermediary, Level: login.Level, Supplier: login.Supplier,
	}, c.ClientIP(), s.Now())
	if err != nil {
		return store.Identity{}, err
	}
	return s.Store.Identity(ctx, hash)
}

// The pages of a login that did not succeed.
var (
	cancelPage   = statusPage{status: http.StatusForbidden, view: statusView{Key: "p.cancel"}}
	levelPage    = statusPage{status: http.StatusForbidden, view: statusView{Key: "p.loa"}}
	servicePage  = statusPage{status: http.StatusForbidden, view: statusView{Key: "p.auth"}}
	branchPage   = statusPage{status: http.StatusForbidden, view: statusView{Key: "p.branch"}}
	supplierPage = statusPage{status: http.StatusServiceUnavailable, view: statusView{Key: "p.supplier"}, retryAfter: 15 * time.Minute}
	answerPage   = statusPage{status: http.StatusBadRequest, view: statusView{Key: "p.answer"}}
	cookiePage   = statusPage{status: http.StatusBadRequest, view: statusView{Key: "p.cookie"}}
)

var outcomePages = map[eherkenning.Reason]statusPage{
	eherkenning.Cancelled:        cancelPage,
	eherkenning.LevelTooLow:      levelPage,
	eherkenning.WrongService:     servicePage,
	eherkenning.BranchRestricted: branchPage,
	eherkenning.BrokerFailed:     supplierPage,
	eherkenning.Unreachable:      supplierPage,
	eherkenning.Invalid:          answerPage,
}

// RefusedLoginPage is the page that a refused login with that reason led to: the beginning of the keys of its texts.
func RefusedLoginPage(reason string) (key string) {
	switch reason {
	case ReasonNoCookie:
		return cookiePage.view.Key
	case ReasonUnknown, ReasonBinding, ReasonReplayed:
		return answerPage.view.Key
	}
	return outcomePages[eherkenning.Reason(reason).Outcome()].view.Key
}

// refuseAnswer turns what eherkenning refused into a page.
func (s *site) refuseAnswer(c *gin.Context, err error) error {
	var refusal *eherkenning.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	page := outcomePages[refusal.Reason.Outcome()]
	if refusal.Level != "" {
		page.view.Args = map[string]string{"loa": string(refusal.Level)}
	}
	return s.refuseLogin(c, string(refusal.Reason), page, refusal.Cause)
}

// unreachable is err when it says that the broker did not answer.
func unreachable(err error) error {
	var refusal *eherkenning.Refusal
	if errors.As(err, &refusal) && refusal.Reason.Outcome() == eherkenning.Unreachable {
		return refusal.Cause
	}
	return nil
}

// refuseLogin audits why there is no login, under the reference that the page shows.
// cause is for the log and may be nil.
func (s *site) refuseLogin(c *gin.Context, reason string, page statusPage, cause error) error {
	page.reference = randomReference()
	page.view.Action, page.view.Post, page.view.ShowReference = startPath, true, true
	s.Log.InfoContext(c.Request.Context(), "login refused", "reason", reason, "reference", page.reference, "cause", cause)
	if err := s.Store.RecordRefusedLogin(c.Request.Context(), reason, page.reference, c.ClientIP(), s.Now()); err != nil {
		return err
	}
	return &page
}

func (s *site) relayHash(relayState string) string { return s.Lookup.Hash("relay-state", relayState) }

func (s *site) browserHash(cookie string) string { return s.Lookup.Hash("browser", cookie) }
