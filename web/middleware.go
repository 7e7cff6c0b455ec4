package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
)

const (
	bodyLimit   = 64 << 10         // bytes of a form; no page of ours sends a tenth of it
	requestTime = 20 * time.Second // more than the waits of any handler together
)

// headers sets what every answer carries. The broker stands in form-action because the page that leads to it posts
// there, and because browsers apply the list to redirects after a post too.
func (s *site) headers(c *gin.Context) {
	random := make([]byte, 16)
	rand.Read(random)
	nonce := base64.RawURLEncoding.EncodeToString(random)
	c.Set(keyNonce, nonce)
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src 'nonce-%s'; style-src 'self'; "+
		"img-src 'self'; connect-src 'self'; form-action 'self' %s; base-uri 'none'; object-src 'none'; "+
		"frame-ancestors 'none'", nonce, s.ServiceProvider.BrokerOrigin()))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache") // asked for by the eHerkenning scheme
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// logRequest writes one line per request: the route, never the path or the query, where handles and artifacts are.
func (s *site) logRequest(c *gin.Context) {
	start := s.Now()
	c.Next()
	s.Log.InfoContext(c.Request.Context(), "request", "method", c.Request.Method, "route", c.FullPath(),
		"status", c.Writer.Status(), "duration", s.Now().Sub(start).Round(time.Millisecond).String())
}

// recovery turns a panic into the static page. The stack goes to the log, the request does not.
func (s *site) recovery(c *gin.Context) {
	defer func() {
		if cause := recover(); cause != nil {
			reference := randomReference()
			panics.Add(c.Request.Context(), 1)
			s.Log.ErrorContext(c.Request.Context(), "panic", "route", c.FullPath(), "reference", reference,
				"cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			c.Abort()
			staticFailure(c, reference)
		}
	}()
	c.Next()
}

// limits refuses paths that browsers read as another host, and bounds the body and the time.
func (s *site) limits(c *gin.Context) {
	if strings.HasPrefix(c.Request.URL.Path, "//") {
		s.fail(c, &onboarding.Error{Kind: onboarding.NotFound, Message: "p.404"})
		c.Abort()
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, bodyLimit)
	ctx, cancel := context.WithTimeout(c.Request.Context(), requestTime)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// paced answers a network that is too fast with a page that says when to come back.
func (s *site) paced(p *pace, handler func(*gin.Context) error) func(*gin.Context) error {
	return func(c *gin.Context) error {
		wait := p.take(c.ClientIP(), s.Now())
		if wait == 0 {
			return handler(c)
		}
		at := onboarding.OnTheMinute(s.Now().Add(wait))
		return &statusPage{status: http.StatusTooManyRequests, retryAfter: wait,
			view: statusView{Key: "p.pace", Args: moment(languageOf(c), at), Action: loginPath}}
	}
}

// newOriginCheck refuses posts from other sites. The one exception is the broker's post of an artifact, which
// counts for nothing without the cookie of the browser that started the login.
func (s *site) newOriginCheck(public *url.URL) (gin.HandlerFunc, error) {
	protection := http.NewCrossOriginProtection()
	protection.AddInsecureBypassPattern("POST " + acsPath)
	if err := protection.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, fmt.Errorf("web: public URL: %w", err)
	}
	return func(c *gin.Context) {
		if err := protection.Check(c.Request); err != nil {
			s.fail(c, &statusPage{status: http.StatusForbidden, view: statusView{Key: "p.403", Action: homePath}})
			c.Abort()
		}
	}, nil
}

const (
	languageCookie = "__Host-language"
	languageField  = "taal"
)

// language follows the cookie; ?taal= sets it. A page that can be asked for again is, without the parameter.
func (s *site) language(c *gin.Context) {
	cookie, _ := c.Cookie(languageCookie)
	c.Set(keyLanguage, messages.ParseLanguage(cookie))
	query := c.Request.URL.Query()
	if !query.Has(languageField) {
		return
	}
	chosen := messages.ParseLanguage(query.Get(languageField))
	setCookie(c, languageCookie, string(chosen), 365*24*time.Hour)
	if c.Request.Method != http.MethodGet {
		c.Set(keyLanguage, chosen)
		return
	}
	query.Del(languageField)
	// One slash: browsers take a Location that starts with two for another host.
	target := url.URL{Path: "/" + strings.TrimLeft(c.Request.URL.Path, "/"), RawQuery: query.Encode()}
	c.Redirect(http.StatusSeeOther, target.String())
	c.Abort()
}

// setCookie sets a cookie that only this host gets and no script reads. It lasts as long as the browser is open
// when lifetime is zero, and goes when it is negative.
func setCookie(c *gin.Context, name, value string, lifetime time.Duration) {
	http.SetCookie(c.Writer, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(lifetime.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
