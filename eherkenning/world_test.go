package eherkenning

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"

	"koppel/eherkenning/brokertest"
	"koppel/onboarding"
)

const (
	providerID  = "urn:etoegang:DV:00000001999999990000:entities:9001"
	serviceID   = "urn:etoegang:DV:00000001999999990000:services:9001"
	serviceUUID = "3b1d6c52-0a4e-4f7b-9a55-5d2f8f0c1e77"
	acsURL      = "https://koppel.example/eherkenning/acs"
	requestID   = "_request1"
)

var start = time.Date(2026, 4, 21, 12, 0, 0, 0, time.UTC)

// keys are made once: two of ours, two of the broker, and a stranger's.
var keys = sync.OnceValue(func() map[string]brokertest.Key {
	all := map[string]brokertest.Key{}
	for _, name := range []string{"provider", "next", "broker 1", "broker 2", "stranger"} {
		key, err := brokertest.NewKey(name, start)
		if err != nil {
			panic(err)
		}
		all[name] = key
	}
	return all
})

// world is a service provider and its broker on one clock.
type world struct {
	t      testing.TB
	base   string
	broker *brokertest.Broker
	sp     *ServiceProvider
	now    time.Time
}

func newWorld(t testing.TB, brokerKeys ...string) *world {
	t.Helper()
	if len(brokerKeys) == 0 {
		brokerKeys = []string{"broker 1", "broker 2"}
	}
	w := &world{t: t, now: start}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.broker.ServeHTTP(rw, r) }))
	t.Cleanup(server.Close)
	w.base = server.URL
	options := brokertest.Options{
		BaseURL: server.URL,
		ServiceProvider: brokertest.ServiceProvider{
			EntityID: providerID, ACSURL: acsURL, ServiceID: serviceID, ServiceUUID: serviceUUID,
			Certificate: keys()["provider"].Certificate,
		},
		Now: func() time.Time { return w.now },
	}
	for _, name := range brokerKeys {
		options.Keys = append(options.Keys, keys()[name])
	}
	var err error
	if w.broker, err = brokertest.New(options); err != nil {
		t.Fatal(err)
	}
	w.sp = w.provider(func(*Settings) {})
	return w
}

func (w *world) provider(change func(*Settings)) *ServiceProvider {
	w.t.Helper()
	settings := Settings{
		EntityID: providerID, ServiceID: serviceID, ServiceUUID: serviceUUID, ACSURL: acsURL,
		Signing: pair("provider"), Decryption: []KeyPair{pair("provider")},
		BrokerMetadata: w.broker.Metadata(), MetadataSigners: []*x509.Certificate{w.broker.Keys()[0].Certificate},
		Now: func() time.Time { return w.now },
	}
	change(&settings)
	sp, err := New(settings)
	if err != nil {
		w.t.Fatal(err)
	}
	return sp
}

func pair(name string) KeyPair {
	return KeyPair{Private: keys()[name].Private, Certificate: keys()[name].Certificate}
}

// answer is the broker's true answer when jane logs in for De Regenboog.
func (w *world) answer() brokertest.Answer {
	jane := brokertest.Personas()[0]
	return w.broker.Answer(requestID, jane, jane.Organisations[0])
}

// login resolves a changed answer over HTTP.
func (w *world) login(change func(*brokertest.Answer)) (onboarding.Login, error) {
	answer := w.answer()
	change(&answer)
	return w.sp.Login(context.Background(), w.broker.HandOut(answer), requestID)
}

// verify checks a changed answer without HTTP and without the recover of Login, so that a panic shows.
func (w *world) verify(change func(*brokertest.Answer)) (onboarding.Login, error) {
	w.t.Helper()
	return w.sp.verify(w.envelope(change), requestID, "_resolve1")
}

func (w *world) envelope(change func(*brokertest.Answer)) []byte {
	w.t.Helper()
	answer := w.answer()
	answer.ResolveID = "_resolve1"
	change(&answer)
	envelope, err := w.broker.Build(answer)
	if err != nil {
		w.t.Fatal(err)
	}
	return envelope
}

// unsigned lets a change work on the message before the broker signs it.
func unsigned(change func(envelope *etree.Element)) func(*brokertest.Answer) {
	return func(a *brokertest.Answer) { a.BeforeSign = change }
}

// find returns the first element of that path; it stops the test when there is none.
func find(t testing.TB, envelope *etree.Element, path string) *etree.Element {
	t.Helper()
	found := envelope.FindElement(path)
	if found == nil {
		t.Fatalf("no %s", path)
	}
	return found
}

// produced collects the reasons that tests have met.
var produced sync.Map

// TestMain also wants a test for each reason, when all tests have run.
func TestMain(m *testing.M) {
	code := m.Run()
	if all := flag.Lookup("test.run").Value.String() == ""; all && code == 0 && flag.Lookup("test.fuzz").Value.String() == "" {
		for _, reason := range reasons() {
			if _, met := produced.Load(reason); !met {
				fmt.Println("FAIL: no test produces the reason", reason)
				code = 1
			}
		}
	}
	os.Exit(code)
}

func wantReason(t *testing.T, err error, want Reason) {
	t.Helper()
	got := ReasonOf(err)
	if got != want {
		t.Errorf("reason %q, want %q (%v)", got, want, err)
	}
	produced.Store(string(got), true)
}

// certificateValid makes a certificate of a broker key with other times.
func certificateValid(t *testing.T, key brokertest.Key, from, until time.Time) brokertest.Key {
	t.Helper()
	template := *key.Certificate
	template.NotBefore, template.NotAfter = from, until
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.Private.PublicKey, key.Private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return brokertest.Key{Private: key.Private, Certificate: certificate}
}
