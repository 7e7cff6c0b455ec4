package web

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
)

// draft is what a new login fills in again at the link page (WCAG 2.2.6, 3.3.7). Passwords and codes are never in it.
// It is kept from the first time that the form is sent until its case has the address.
type draft struct {
	Email string `json:"email"`
	Mode  string `json:"mode"`  // which proof the form asks for; empty: the first
	Asked string `json:"asked"` // the address about which was asked whether it is right
}

func draftPlace(identity string) string { return "drafts/" + identity }

// keepDraft keeps what was typed, and tells whether it could.
func (s *site) keepDraft(c *gin.Context, identity string, d draft) (kept bool) {
	plaintext, err := json.Marshal(d)
	if err == nil {
		err = s.saveDraft(c, identity, plaintext)
	}
	s.sawDraft(c, err)
	return err == nil
}

func (s *site) saveDraft(c *gin.Context, identity string, plaintext []byte) error {
	sealed, err := s.Records.Seal(draftPlace(identity), plaintext)
	if err != nil {
		return fmt.Errorf("seal draft: %w", err)
	}
	return s.Store.SaveDraft(c.Request.Context(), store.Draft{Identity: identity, Sealed: sealed, SavedAt: s.Now()})
}

// draftOf is what an identity typed; empty when that is nothing, or cannot be read any more.
func (s *site) draftOf(c *gin.Context, identity string) (d draft) {
	kept, err := s.Store.Draft(c.Request.Context(), identity, s.Now())
	if onboarding.KindOf(err) == onboarding.NotFound {
		return draft{}
	}
	var plaintext []byte
	if err == nil {
		plaintext, err = s.Records.Open(draftPlace(identity), kept.Sealed)
	}
	if err == nil {
		err = json.Unmarshal(plaintext, &d)
	}
	s.sawDraft(c, err)
	return d
}

// dropDraft forgets what was typed: the case has it, or nobody needs it any more.
func (s *site) dropDraft(c *gin.Context, identity string) {
	s.sawDraft(c, s.Store.DeleteDraft(c.Request.Context(), identity))
}

// sawDraft tells what went wrong with a draft. No page fails for it.
func (s *site) sawDraft(c *gin.Context, err error) {
	switch {
	case err == nil:
	case onboarding.KindOf(err) == onboarding.Unavailable:
		s.saw(c, err)
	default:
		s.Log.WarnContext(c.Request.Context(), "draft lost", "cause", err)
	}
}

// rescue keeps what somebody sent who sat too long at the form: the session has lapsed, its nonce still tells whose
// form it is. Nothing else of the form is used.
func (s *site) rescue(c *gin.Context, read func(*gin.Context, visit) form) {
	token, err := c.Cookie(sessionCookie)
	if err != nil {
		return
	}
	hash := sha256.Sum256([]byte(token))
	session, err := s.Store.LapsedSession(c.Request.Context(), hash[:], s.Now())
	if err != nil {
		return
	}
	v := visit{session: session}
	if _, _, ok := sentNonce(c, v); !ok {
		return
	}
	if f := read(c, v); f.draft != nil {
		s.keepDraft(c, session.Identity, *f.draft)
	}
}
