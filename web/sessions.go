package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
)

const (
	sessionCookie = "__Host-session"
	sessionValue  = "session" // scs holds one value: a store.Session
)

// sessions ties scs (tokens, cookies) to the columns of store.Session. When a session has been idle for too long is
// judged in the store; scs is told no idle time-out, or it would rewrite the row at every request.
type sessions struct {
	manager *scs.SessionManager
	store   *store.Store
	now     func() time.Time
}

func newSessions(db *store.Store, now func() time.Time) *sessions {
	manager := scs.New()
	manager.Store = sessionStore{db, now}
	manager.Codec = sessionCodec{}
	manager.Lifetime = onboarding.SessionLife
	manager.HashTokenInStore = true
	manager.Cookie = scs.SessionCookie{Name: sessionCookie, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
	return &sessions{manager, db, now}
}

// load finds the session of the request's cookie.
func (s *sessions) load(c *gin.Context) (found store.Session, live bool, err error) {
	token, _ := c.Cookie(sessionCookie)
	ctx, err := s.manager.Load(c.Request.Context(), token)
	if err != nil {
		// What follows counts on a session in the context, be it an empty one.
		ctx, emptyErr := s.manager.Load(c.Request.Context(), "")
		c.Request = c.Request.WithContext(ctx)
		return store.Session{}, false, errors.Join(err, emptyErr)
	}
	c.Request = c.Request.WithContext(ctx)
	found, live = s.manager.Get(ctx, sessionValue).(store.Session)
	return found, live, nil
}

// touch notes the use of a session, now and then.
func (s *sessions) touch(ctx context.Context, v store.Session) error {
	if s.now().Sub(v.LastUsedAt) < onboarding.SessionTouch {
		return nil
	}
	return s.store.TouchSession(ctx, v.TokenHash, s.now())
}

// begin starts a session for an identity under a new token. The one before it in this browser ends.
func (s *sessions) begin(c *gin.Context, identity string, linked bool) error {
	formKey := make([]byte, 32)
	rand.Read(formKey)
	now := s.now()
	return s.renew(c, store.Session{
		Identity: identity, FormKey: formKey, Linked: linked,
		AuthenticatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(onboarding.SessionLife),
	})
}

// renew gives v a new token; the old one is worth nothing from here on. The session ends no later for it.
func (s *sessions) renew(c *gin.Context, v store.Session) error {
	ctx := c.Request.Context()
	if err := s.manager.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	s.manager.SetDeadline(ctx, v.ExpiresAt)
	s.manager.Put(ctx, sessionValue, v)
	token, expiry, err := s.manager.Commit(ctx)
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	s.manager.WriteSessionCookie(ctx, c.Writer, token, expiry)
	return nil
}

// end deletes the session and its cookie.
func (s *sessions) end(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.manager.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	s.forget(c)
	return nil
}

// forget takes the cookie away.
func (s *sessions) forget(c *gin.Context) {
	s.manager.WriteSessionCookie(c.Request.Context(), c.Writer, "", time.Time{})
}

// sessionCodec carries a store.Session through scs as JSON; it is stored as columns, never as this text.
type sessionCodec struct{}

func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	v, _ := values[sessionValue].(store.Session)
	v.ExpiresAt = deadline
	return json.Marshal(v)
}

func (sessionCodec) Decode(text []byte) (time.Time, map[string]any, error) {
	var v store.Session
	err := json.Unmarshal(text, &v)
	return v.ExpiresAt, map[string]any{sessionValue: v}, err
}

// sessionStore is the scs.CtxStore over the table of sessions. Tokens arrive hashed (HashTokenInStore), in base64.
type sessionStore struct {
	db  *store.Store
	now func() time.Time
}

func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	hash, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, false, nil
	}
	v, err := s.db.Session(ctx, hash, s.now())
	if onboarding.KindOf(err) == onboarding.NotFound {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	text, err := json.Marshal(v)
	return text, err == nil, err
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, text []byte, _ time.Time) error {
	var v store.Session
	if err := json.Unmarshal(text, &v); err != nil {
		return fmt.Errorf("read session: %w", err)
	}
	var err error
	if v.TokenHash, err = base64.RawURLEncoding.DecodeString(token); err != nil {
		return fmt.Errorf("read session token: %w", err)
	}
	return s.db.SaveSession(ctx, v)
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	hash, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil
	}
	return s.db.DeleteSession(ctx, hash)
}

// Find, Commit and Delete complete scs.Store; scs prefers the ones that take a context.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, text []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, text, expiry)
}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
