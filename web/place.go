package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// place is where a person is at. Each has its page; whatever page is asked for, this one is shown.
type place int

const (
	anywhere   place = iota // of forms that fit wherever a person is at
	atProof                 // username and password, or an activation code, are asked
	atApproval              // a representative is asked
	atPIN                   // the PIN is asked
	atWork                  // the link is being made
	atHome                  // linked
)

// trail is the way of a kind of case through the website: where its pages are, and what is said on those that it shares
// with another kind.
type trail struct {
	workflow func(*site, visit) string // id of the case
	linked   bool                      // for people with a link; else for those without

	paths                  map[place]string
	done                   string // query of the page that says so
	again, address, stop   string // paths: another PIN mail, another address, ending the case; stop is empty where no page offers it
	pinTitle, addressTitle string // keys
	addressLead            string // key
	numbered               bool   // its pages are steps of two
}

// linkTrail is the way to a link.
var linkTrail = trail{
	workflow: func(_ *site, v visit) string { return workflows.LinkingID(v.identity.Hash) },
	paths:    map[place]string{atProof: linkPath, atApproval: waitPath, atPIN: pinPath, atWork: pinPath, atHome: homePath},
	again:    "/koppelen/pincode/opnieuw", address: addressPath,
	pinTitle: "pin.h", addressTitle: "other.h", addressLead: "other.p", numbered: true,
}

// standing is where a person is at, and the case that says so.
type standing struct {
	place   place
	trail   *trail
	linking store.Linking // the newest; zero when there is none, or the case is of another kind

	refusal onboarding.Outcome // why a change of address has ended, where the person has to be told

	store.Case    // the newest; zero when there is none
	store.PINMail // of it
}

// reference is what pages show of a case that is not the linking of the identity, which they show by themselves.
func (st standing) reference() onboarding.Reference {
	if st.trail == &linkTrail {
		return ""
	}
	return st.Case.Reference
}

func (st standing) path() string { return st.trail.paths[st.place] }

// standingOn reads from the rows where a visit is at on a trail.
func (s *site) standingOn(ctx context.Context, v visit, t *trail) (standing, error) {
	if t.linked {
		return s.standingOfChange(ctx, v)
	}
	return s.standing(ctx, v.identity.Hash)
}

// standing reads from the rows where an identity is at with a link.
func (s *site) standing(ctx context.Context, identity string) (standing, error) {
	who, err := s.Store.Identity(ctx, identity)
	if err != nil {
		return standing{}, err
	}
	if who.Person != "" {
		return standing{place: atHome, trail: &linkTrail}, nil
	}
	linking, err := s.Store.LatestLinking(ctx, identity)
	if onboarding.KindOf(err) == onboarding.NotFound {
		return standing{place: atProof, trail: &linkTrail}, nil
	}
	return standing{place: placeOf(linking.Step), trail: &linkTrail, linking: linking, Case: linking.Case, PINMail: linking.PINMail}, err
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
func (st standing) lockedAt(now time.Time) bool { return now.Before(st.LockedUntil) }

// proceed sends the browser to where the person is at with a link.
func (s *site) proceed(c *gin.Context, v visit) error { return s.proceedOn(c, v, &linkTrail) }

// proceedOn sends the browser to where the person is at on a trail.
func (s *site) proceedOn(c *gin.Context, v visit, t *trail) error {
	st, err := s.standingOn(c.Request.Context(), v, t)
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, st.path())
	return nil
}

const (
	settleWait  = 2 * time.Second
	settlePause = 50 * time.Millisecond
)

// proceedTo is proceedOn after an accepted form: it gives the activities that follow a moment to bring the person to
// the goal, so that nobody needs to refresh a page for what takes a blink. query goes to the page there.
func (s *site) proceedTo(c *gin.Context, v visit, t *trail, goal place, query string) error {
	return s.proceedWhen(c, v, t, func(p place) bool { return p >= goal }, t.paths[goal]+query, query)
}

// proceedWhen waits a moment for a place. While the database is away it goes on to where that should be: what was sent
// is accepted, and the page there says what is the matter.
func (s *site) proceedWhen(c *gin.Context, v visit, t *trail, reached func(place) bool, meanwhile, query string) error {
	settled := time.After(settleWait)
	for {
		st, err := s.standingOn(c.Request.Context(), v, t)
		if err == nil && reached(st.place) {
			c.Redirect(http.StatusSeeOther, st.path()+query)
			return nil
		}
		select {
		case <-settled:
			if onboarding.KindOf(err) == onboarding.Unavailable {
				s.saw(c, err)
				c.Redirect(http.StatusSeeOther, meanwhile)
				return nil
			}
			return s.proceedOn(c, v, t)
		case <-time.After(settlePause):
		}
	}
}
