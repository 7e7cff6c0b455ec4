package eherkenning

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"koppel/eherkenning/brokertest"
	"koppel/onboarding"
)

// visit lets a persona log in over the pages of the broker and returns what the broker sends back.
func (w *world) visit(username, kvk string) (requestID, artifact string) {
	w.t.Helper()
	request, err := w.sp.NewRequest("handle")
	if err != nil {
		w.t.Fatal(err)
	}
	back, err := brokertest.Login(http.DefaultClient, w.base, brokertest.Visit{
		SAMLRequest: request.SAMLRequest, RelayState: request.RelayState, Username: username, KvK: kvk, Stop: username == "nina",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return request.ID, back.Artifact()
}

func TestPersonasLogIn(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		username, kvk string
		want          onboarding.KvKNumber
		reason        Reason
	}{
		{username: "jane", want: "90001234"},
		{username: "tess", want: "90005678"},
		{username: "wim", kvk: "90005678", want: "90005678"},
		{username: "koos", want: "90009999"},
		{username: "carl", reason: Cancelled},
		{username: "laura", reason: LevelTooLow},
		{username: "nina", reason: Cancelled},
		{username: "bram", reason: BranchRestricted},
		{username: "karin", want: "90001234"},
		{username: "rik", want: "90001234"},
		{username: "dora", reason: Unreachable},
		{username: "", reason: Cancelled},
	} {
		t.Run(test.username, func(t *testing.T) {
			id, artifact := w.visit(test.username, test.kvk)
			login, err := w.sp.Login(context.Background(), artifact, id)
			wantReason(t, err, test.reason)
			if login.Organisation != test.want {
				t.Errorf("organisation %q, want %q", login.Organisation, test.want)
			}
		})
	}
}

func TestLoginHoldsWhatTheBrokerSaid(t *testing.T) {
	w := newWorld(t)
	answer := w.answer()
	login, err := w.login(func(a *brokertest.Answer) { *a = answer })
	if err != nil {
		t.Fatal(err)
	}
	want := onboarding.Login{
		ActingSubject:    onboarding.Subject{Type: "EntityConcernedID:Pseudo", Value: answer.Acting.Value},
		Organisation:     "90001234",
		OrganisationName: "Stichting De Regenboog",
		Level:            onboarding.EH3,
		Supplier:         answer.Authority,
		AssertionID:      answer.AssertionID,
		ExpiresAt:        answer.NotOnOrAfter.Add(60 * time.Second),
	}
	if login != want {
		t.Errorf("got  %+v\nwant %+v", login, want)
	}
}

func TestLevelTooLowTellsTheLevel(t *testing.T) {
	_, err := newWorld(t).login(func(a *brokertest.Answer) { a.Level = brokertest.Level2Plus })
	refusal, isRefusal := err.(*Refusal)
	if !isRefusal || refusal.Reason != LevelTooLow || refusal.Level != onboarding.EH2Plus {
		t.Errorf("got %#v", err)
	}
}

func TestArtifactServesOnce(t *testing.T) {
	w := newWorld(t)
	artifact := w.broker.HandOut(w.answer())
	if _, err := w.sp.Login(context.Background(), artifact, requestID); err != nil {
		t.Fatal(err)
	}
	_, err := w.sp.Login(context.Background(), artifact, requestID)
	wantReason(t, err, EmptyResponse)
}

func TestAnswerToAnotherRequest(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"", "_request2"} {
		_, err := w.sp.Login(context.Background(), w.broker.HandOut(w.answer()), id)
		wantReason(t, err, WrongRequest)
	}
}

func TestPanicBecomesARefusal(t *testing.T) {
	w := newWorld(t)
	sp := w.provider(func(s *Settings) {
		s.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { panic("boom") })}
	})
	_, err := sp.Login(context.Background(), w.broker.HandOut(w.answer()), requestID)
	wantReason(t, err, Invalid)
	if !strings.Contains(err.Error(), "boom") {
		t.Errorf("cause is lost: %v", err)
	}
}
