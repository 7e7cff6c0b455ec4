// Package web owns what a browser meets: routes, sessions, forms, the eHerkenning login and the pages.
//
// It decides nothing about a case. It reads where a case stands from the store, hands what was typed to the worker
// sealed, asks the workflow, and shows the answer. It writes logins, sessions and hand-overs only.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"go.temporal.io/sdk/client"

	"koppel/bounces"
	"koppel/eherkenning"
	"koppel/health"
	"koppel/keys"
	"koppel/onboarding"
	"koppel/store"
)

// Temporal is what web asks of the workflow engine; a client.Client has it.
type Temporal interface {
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
	UpdateWorkflow(ctx context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error)
	UpdateWithStartWorkflow(ctx context.Context, options client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error)
	NewWithStartWorkflowOperation(options client.StartWorkflowOptions, workflow any, args ...any) client.WithStartWorkflowOperation
}

// ServiceProvider is the eHerkenning side of a login; an eherkenning.ServiceProvider has it.
type ServiceProvider interface {
	NewRequest(relayState string) (*eherkenning.Request, error)
	CheckArtifact(artifact string) error
	Login(ctx context.Context, artifact, requestID string) (onboarding.Login, error)
	BrokerOrigin() string
}

// Settings is everything the website depends on. Fields are needed unless they say otherwise.
type Settings struct {
	Store           *store.Store
	Temporal        Temporal
	ServiceProvider ServiceProvider
	Lookup          keys.Lookup   // hashes identities, handles and workflow ids
	Records         keys.Ring     // seals personal data at rest
	Handover        keys.Handover // seals form input for the worker
	PublicURL       string        // https://host[:port], or http on a loopback host
	HelpdeskMail    string
	HelpdeskPhone   string
	MailFrom        string        // sender of the mails, as pages name it
	Suppliers       Suppliers     // how suppliers are called; may be none
	BounceSecret    string        // of those who may report that a mail came back; empty: nobody
	TrustedProxies  Proxies       // may be none: then a request comes from where its connection does
	Health          *health.Watch // told how the parts were found; answers /healthz and /readyz
	Now             func() time.Time
	Log             *slog.Logger
}

// site is the website: its settings and what New made of them.
type site struct {
	Settings
	sessions *sessions
	bounces  bounces.Desk
	pages    *renderer
	paces    paces
	secure   bool // PublicURL is https
}

// paces are what one network may do, each counted by itself.
type paces struct {
	starts, posts, returns *pace // of logins: to the broker, its post of an artifact, and back
	credentials, pins      *pace
	pinMails               *pace
}

func newPaces() paces {
	login := func() *pace { return newPace(onboarding.LoginPace) }
	return paces{starts: login(), posts: login(), returns: login(), credentials: newPace(onboarding.CredentialPace),
		pins: newPace(onboarding.PINPace), pinMails: newPace(onboarding.PINMailPace)}
}

// New checks the settings, parses the templates and returns the website.
func New(settings Settings) (http.Handler, error) {
	public, err := ParsePublicURL(settings.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("web: public URL: %w", err)
	}
	if n := len(settings.BounceSecret); n > 0 && n < MinBounceSecret {
		return nil, fmt.Errorf("web: bounce secret: want at least %d characters", MinBounceSecret)
	}
	pages, err := newRenderer(renderSettings{
		HelpdeskMail: settings.HelpdeskMail, HelpdeskPhone: settings.HelpdeskPhone, MailFrom: settings.MailFrom})
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s := &site{
		Settings: settings,
		sessions: newSessions(settings.Store, settings.Now),
		bounces:  bounces.Desk{Store: settings.Store, Temporal: settings.Temporal},
		pages:    pages,
		paces:    newPaces(),
		secure:   public.Scheme == "https",
	}
	panics.Add(context.Background(), 0) // counted from zero: Prometheus does not see the first of a count that begins with it
	gin.SetMode(gin.ReleaseMode)
	return s.routes(public)
}

// ParsePublicURL refuses what pages cannot be served under: plain http, except on a loopback host, because browsers keep
// Secure cookies nowhere else, and a path.
func ParsePublicURL(raw string) (*url.URL, error) {
	public, err := url.Parse(raw)
	if err != nil || public.Host == "" || (public.Scheme != "https" && public.Scheme != "http") {
		return nil, errors.New("is not a web address")
	}
	loopback := public.Hostname() == "localhost" || net.ParseIP(public.Hostname()).IsLoopback()
	switch {
	case raw != public.Scheme+"://"+public.Host:
		return nil, errors.New("has more than scheme and host, such as a path or a slash at the end")
	case public.Scheme == "http" && !loopback:
		return nil, errors.New("is plain http, which only localhost may be")
	}
	return public, nil
}

// The names by which web knows the parts it depends on; the database has its own, store.Part.
const (
	TemporalPart = "temporal"
	BrokerPart   = "broker"
)

// Time-outs of the server that keep slow clients from holding connections.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second // from the end of the headers; more than requestTime
	idleTimeout   = 60 * time.Second // of a connection between two requests
)

// NewServer serves handler with time-outs.
func NewServer(handler http.Handler, address string) *http.Server {
	return &http.Server{
		Addr:              address,
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    16 << 10,
	}
}
