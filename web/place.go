package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
)

// place is where a person is at. Each has its page; whatever page is asked for, this one is shown.
type place int

const (
	atProof    place = iota + 1 // username and password, or an activation code, are asked
	atApproval                  // a representative is asked
	atPIN                       // the PIN is asked
	atWork                      // the link is being made
	atHome                      // linked
)

func (p place) path() string {
	switch p {
	case atProof:
		return linkPath
	case atApproval:
		return waitPath
	case atHome:
		return homePath
	}
	return pinPath
}

// standing is where a person is at, and the case that says so.
type standing struct {
	place   place
	linking store.Linking // the newest; zero when there is none
}

// standing reads from the rows where a visit is at.
func (s *site) standing(ctx context.Context, identity string) (standing, error) {
	who, err := s.Store.Identity(ctx, identity)
	if err != nil {
		return standing{}, err
	}
	if who.Person != "" {
		return standing{place: atHome}, nil
	}
	linking, err := s.Store.LatestLinking(ctx, identity)
	if onboarding.KindOf(err) == onboarding.NotFound {
		return standing{place: atProof}, nil
	}
	return standing{placeOf(linking.Step), linking}, err
}

func placeOf(step onboarding.Step) place {
	switch step {
	case onboarding.AwaitRepresentative:
		return atApproval
	case onboarding.MailingPIN, onboarding.AwaitPIN:
		return atPIN
	case onboarding.Completing, onboarding.Notifying, onboarding.Linked:
		return atWork
	}
	return atProof
}

// lockedAt tells whether the step is locked after too many wrong tries.
func (st standing) lockedAt(now time.Time) bool { return now.Before(st.linking.LockedUntil) }

// proceed sends the browser to where the person is at.
func (s *site) proceed(c *gin.Context, v visit) error {
	st, err := s.standing(c.Request.Context(), v.identity.Hash)
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, st.place.path())
	return nil
}

const (
	settleWait  = 2 * time.Second
	settlePause = 50 * time.Millisecond
)

// proceedTo is proceed after an accepted form: it gives the activities that follow a moment to bring the person to
// the goal, so that nobody needs to refresh a page for what takes a blink. query goes to the page there.
func (s *site) proceedTo(c *gin.Context, v visit, goal place, query string) error {
	settled := time.After(settleWait)
	for {
		st, err := s.standing(c.Request.Context(), v.identity.Hash)
		if err == nil && st.place >= goal {
			c.Redirect(http.StatusSeeOther, st.place.path()+query)
			return nil
		}
		select {
		case <-settled:
			if onboarding.KindOf(err) == onboarding.Unavailable {
				// What was sent is accepted: the page there says what is the matter.
				s.saw(c, err)
				c.Redirect(http.StatusSeeOther, goal.path()+query)
				return nil
			}
			return s.proceed(c, v)
		case <-time.After(settlePause):
		}
	}
}
