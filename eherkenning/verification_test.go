package eherkenning

import (
	"errors"
	"testing"
	"time"

	"github.com/crewjam/saml"

	"koppel/eherkenning/brokertest"
)

// TestAssertionIsTheOneOfTheResponse: the two come from different sights of one document, which must agree.
func TestAssertionIsTheOneOfTheResponse(t *testing.T) {
	v := verification{sp: newWorld(t).sp, now: start}
	v.assertion.ID = "_b"
	v.response.Assertions = []assertionRef{{ID: "_a"}}
	wantReason(t, v.all(assertionChecks[:1])(), AssertionCount)
	v.response.Assertions = nil
	wantReason(t, v.all(assertionChecks[:1])(), AssertionCount)
	v.response.EncryptedAssertions = make([]struct{}, 1)
	v.response.Assertions = []assertionRef{{ID: "_b"}}
	wantReason(t, v.all(assertionChecks[:1])(), AssertionCount)
}

// TestRememberedUntilRefused: while an assertion can still pass, its id must be remembered.
func TestRememberedUntilRefused(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ conditions, confirmation time.Duration }{{time.Minute, 3 * time.Minute}, {3 * time.Minute, time.Minute}} {
		v := verification{}
		v.assertion.Conditions = []conditions{{NotOnOrAfter: saml.RelaxedTime(start.Add(test.conditions))}}
		data := []confirmationData{{NotOnOrAfter: saml.RelaxedTime(start.Add(test.confirmation))}}
		v.assertion.Subjects = []subject{{Confirmations: []confirmation{{Data: data}}}}
		if got, want := v.expiresAt(), start.Add(4*time.Minute); !got.Equal(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	login, err := w.verify(func(a *brokertest.Answer) { a.NotOnOrAfter = start.Add(-59 * time.Second) })
	if err != nil || !login.ExpiresAt.After(start) {
		t.Errorf("expires at %s, %v", login.ExpiresAt, err)
	}
}

func TestOutcome(t *testing.T) {
	for _, reason := range []Reason{Cancelled, LevelTooLow, WrongService, BranchRestricted, BrokerFailed, Unreachable, Invalid} {
		if got := reason.Outcome(); got != reason {
			t.Errorf("%s becomes %s", reason, got)
		}
	}
	for _, reason := range []Reason{BadSignature, WrongAudience, EmptyResponse, RequestRefused, "unheard of"} {
		if got := reason.Outcome(); got != Invalid {
			t.Errorf("%s becomes %s", reason, got)
		}
	}
}

func TestRefusalKeepsItsCause(t *testing.T) {
	cause := errors.New("cause")
	if err := refuse(Unreachable, cause); !errors.Is(err, cause) || err.Error() != "eherkenning: unreachable: cause" {
		t.Errorf("got %v", err)
	}
	if got := ReasonOf(errors.New("other")); got != "" {
		t.Errorf("reason %q", got)
	}
}
