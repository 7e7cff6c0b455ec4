package web

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/beevik/etree"

	"koppel/eherkenning"
	"koppel/eherkenning/brokertest"
	"koppel/health"
	"koppel/keys"
	"koppel/store"
	"koppel/store/schematest"
)

const (
	publicURL   = "https://koppel.example"
	entityID    = "urn:etoegang:DV:00000001234567890000:entities:9001"
	serviceID   = "urn:etoegang:DV:00000001234567890000:services:9001"
	serviceUUID = "0b1f2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b"
)

var noon = time.Date(2026, 4, 21, 10, 0, 0, 0, time.UTC) // in Amsterdam

var samlKeys = sync.OnceValue(func() (made [2]brokertest.Key) {
	for i, name := range []string{"service provider", "broker"} {
		key, err := brokertest.NewKey(name, noon)
		if err != nil {
			panic(err)
		}
		made[i] = key
	}
	return made
})

// world is a website with a real database, a real service provider, a real test broker and a pretend engine.
type world struct {
	t        testing.TB
	site     http.Handler
	db       *store.Store
	sql      *sql.DB // the same database, for what the store has no call for
	engine   *engine
	broker   *brokertest.Broker
	backend  *httptest.Server // the broker's
	lookup   keys.Lookup
	records  keys.Ring
	receiver keys.Receiver
	log      *strings.Builder
	now      time.Time
	browsers int
}

// newWorld makes a website, with changed settings if wanted.
func newWorld(t testing.TB, changes ...func(*Settings)) *world {
	t.Helper()
	return newWorldOn(t, schematest.URL(t), changes...)
}

// newWorldOn is a world with its data in the migrated database at address.
func newWorldOn(t testing.TB, address string, changes ...func(*Settings)) *world {
	t.Helper()
	w := &world{t: t, engine: &engine{}, log: &strings.Builder{}, now: noon}
	w.openStore(address)
	private, public, err := keys.GenerateHandover("h1")
	w.must(err)
	var handover keys.Handover
	w.must(errors.Join(
		w.lookup.UnmarshalText([]byte(keys.Generate())),
		w.records.UnmarshalText([]byte("r1:"+keys.Generate())),
		handover.UnmarshalText([]byte(public)),
		w.receiver.UnmarshalText([]byte(private))))
	log := slog.New(slog.NewTextHandler(w.log, nil))
	settings := Settings{
		Store: w.db, Temporal: w.engine, ServiceProvider: w.startBroker(),
		Lookup: w.lookup, Records: w.records, Handover: handover,
		PublicURL: publicURL, HelpdeskMail: "helpdesk@example.nl", HelpdeskPhone: "070 000 00 00", MailFrom: "koppel@example.nl",
		Now: w.clock, Log: log, Health: health.New(log, health.Part{Name: store.Part, Probe: w.db.Ping},
			health.Part{Name: TemporalPart, Probe: w.engine.ping}, health.Part{Name: BrokerPart, Optional: true}),
	}
	for _, change := range changes {
		change(&settings)
	}
	w.site, err = New(settings)
	w.must(err)
	return w
}

func (w *world) clock() time.Time { return w.now }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) openStore(address string) {
	w.t.Helper()
	var err error
	w.db, err = store.Open(address)
	w.must(err)
	w.t.Cleanup(func() { w.db.Close() })
	w.sql, err = sql.Open("postgres", address)
	w.must(err)
	w.t.Cleanup(func() { w.sql.Close() })
}

// startBroker starts the test broker and returns the service provider that trusts it.
func (w *world) startBroker() *eherkenning.ServiceProvider {
	w.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.broker.ServeHTTP(rw, r) }))
	w.t.Cleanup(server.Close)
	w.backend = server
	w.newBroker(server.URL, false)
	own := samlKeys()[0]
	pair := eherkenning.KeyPair{Private: own.Private, Certificate: own.Certificate}
	sp, err := eherkenning.New(eherkenning.Settings{
		EntityID: entityID, ServiceID: serviceID, ServiceUUID: serviceUUID, ACSURL: publicURL + acsPath,
		Signing: pair, Decryption: []eherkenning.KeyPair{pair},
		BrokerMetadata: w.broker.Metadata(), MetadataSigners: w.broker.Certificates(), Now: w.clock,
	})
	w.must(err)
	return sp
}

// newBroker puts a broker of other habits in the place of the one that there was.
func (w *world) newBroker(address string, redirects bool) {
	w.t.Helper()
	own, theirs := samlKeys()[0], samlKeys()[1]
	var err error
	w.broker, err = brokertest.New(brokertest.Options{
		BaseURL: address, Keys: []brokertest.Key{theirs}, Now: w.clock, TakeRedirect: redirects,
		ServiceProvider: brokertest.ServiceProvider{EntityID: entityID, ACSURL: publicURL + acsPath,
			ServiceID: serviceID, ServiceUUID: serviceUUID, Certificate: own.Certificate},
	})
	w.must(err)
}

// browser keeps cookies and behaves as a browser on our own pages.
type browser struct {
	w       *world
	address string // that it connects from
	cookies map[string]string
}

// browser is a browser in a network of its own.
func (w *world) browser() *browser {
	w.browsers++
	return &browser{w, fmt.Sprintf("10.0.%d.%d:1234", w.browsers/256, w.browsers%256), map[string]string{}}
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	t   testing.TB
	doc *goquery.Document
}

func (b *browser) get(target string) answer {
	b.w.t.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, publicURL+target, nil))
}

func (b *browser) post(target string, form url.Values) answer {
	b.w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, publicURL+target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

func (b *browser) send(r *http.Request) answer {
	b.w.t.Helper()
	r.RemoteAddr = b.address
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	recorder := httptest.NewRecorder()
	b.w.site.ServeHTTP(recorder, r)
	for _, cookie := range recorder.Result().Cookies() {
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
		} else {
			b.cookies[cookie.Name] = cookie.Value
		}
	}
	return b.answer(recorder)
}

func (b *browser) answer(recorder *httptest.ResponseRecorder) answer {
	b.w.t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(recorder.Body.String()))
	b.w.must(err)
	return answer{recorder, b.w.t, doc}
}

// copy is another browser that has got hold of the same cookies.
func (b *browser) copy() *browser { return &browser{b.w, b.address, maps.Clone(b.cookies)} }

// follow goes where a redirect leads.
func (b *browser) follow(a answer) answer {
	b.w.t.Helper()
	return b.get(a.redirect())
}

// click goes where the first link on a page leads that the selector finds.
func (b *browser) click(page answer, selector string) answer {
	b.w.t.Helper()
	return b.get(page.doc.Find("main "+selector).First().AttrOr("href", "/nowhere"))
}

// start presses the login button and returns the id of the request and the handle that travels with it.
func (b *browser) start() (requestID, relayState string) {
	b.w.t.Helper()
	return b.startWith(nil)
}

// startWith is start from a page whose button sends a form.
func (b *browser) startWith(form url.Values) (requestID, relayState string) {
	b.w.t.Helper()
	page := b.post(startPath, form).expect(http.StatusOK)
	raw, err := base64.StdEncoding.DecodeString(page.value("SAMLRequest"))
	b.w.must(err)
	message := etree.NewDocument()
	b.w.must(message.ReadFromBytes(raw))
	return message.Root().SelectAttrValue("ID", ""), page.value("RelayState")
}

// back is the address at which the broker returns a browser.
func back(relayState, artifact string) string {
	return acsPath + "?" + url.Values{relayStateField: {relayState}, artifactField: {artifact}}.Encode()
}

func persona(username string) brokertest.Persona {
	all := brokertest.Personas()
	return all[slices.IndexFunc(all, func(p brokertest.Persona) bool { return p.Username == username })]
}

// login logs a persona in for the first of its organisations and returns what the ACS answered.
func (b *browser) login(username string) answer {
	b.w.t.Helper()
	requestID, relayState := b.start()
	who := persona(username)
	return b.get(back(relayState, b.w.broker.HandOut(b.w.broker.Answer(requestID, who, who.Organisations[0]))))
}

func (a answer) expect(status int) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status is %d, want %d\n%s", a.Code, status, a.Body)
	}
	return a
}

func (a answer) redirect() string {
	a.t.Helper()
	a.expect(http.StatusSeeOther)
	return a.Header().Get("Location")
}

func (a answer) redirects(target string) {
	a.t.Helper()
	if got := a.redirect(); got != target {
		a.t.Fatalf("redirect leads to %q, want %q", got, target)
	}
}

// value is the value of a field of the first form on the page, below its header, that has it.
func (a answer) value(field string) string {
	a.t.Helper()
	input := a.doc.Find(`main [name="` + field + `"]`).First()
	if input.Length() == 0 {
		a.t.Fatalf("no field %q in\n%s", field, a.Body)
	}
	return input.AttrOr("value", "")
}

func (a answer) heading() string { return strings.TrimSpace(a.doc.Find("h1").First().Text()) }

// headed checks the heading by its message.
func (a answer) headed(text string) answer {
	a.t.Helper()
	if a.heading() != text {
		a.t.Fatalf("heading is %q, want %q", a.heading(), text)
	}
	return a
}

// says checks that the visible text holds each of these.
func (a answer) says(texts ...string) answer {
	a.t.Helper()
	shown := strings.Join(strings.Fields(a.doc.Text()), " ")
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			a.t.Fatalf("page does not say %q but\n%s", text, shown)
		}
	}
	return a
}

func (w *world) transact(do func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	ctx := context.Background()
	w.must(w.db.Transact(ctx, func(tx *store.Tx) error { return do(ctx, tx) }))
}

// selection is what goquery finds.
type selection = goquery.Selection
