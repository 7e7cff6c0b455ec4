package brokertest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/beevik/etree"
)

// visitor walks the pages by their forms, as a browser without scripts does.
type visitor struct {
	w      *world
	client *http.Client
	at     string // address of the page
	page   *goquery.Document
	status int
	sent   string // Location outside the broker, when it sends the browser away
}

func newVisitor(w *world) *visitor {
	v := &visitor{w: w}
	v.client = &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), w.base) {
			v.sent = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	v.post(w.base+"/sso", url.Values{"SAMLRequest": {w.samlRequest()}, "RelayState": {"handle"}})
	return v
}

func (v *visitor) read(response *http.Response, err error) {
	v.w.t.Helper()
	if err != nil {
		v.w.t.Fatal(err)
	}
	defer response.Body.Close()
	v.at, v.status = response.Request.URL.String(), response.StatusCode
	if v.page, err = goquery.NewDocumentFromReader(response.Body); err != nil {
		v.w.t.Fatal(err)
	}
}

func (v *visitor) post(address string, form url.Values) { v.read(v.client.PostForm(address, form)) }
func (v *visitor) open(address string)                  { v.read(v.client.Get(address)) }

// press fills in the form whose button has that text and sends it.
func (v *visitor) press(button string, fields url.Values) {
	v.w.t.Helper()
	form := v.page.Find("form").FilterFunction(func(_ int, f *goquery.Selection) bool { return f.Find("button").Text() == button })
	if form.Length() != 1 {
		v.w.t.Fatalf("%d buttons %q on %q", form.Length(), button, v.title())
	}
	values := url.Values{}
	form.Find("input[name]:not([type=radio])").Each(func(_ int, input *goquery.Selection) {
		values.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	for name, value := range fields {
		if form.Find("[name="+name+"]").Length() == 0 {
			v.w.t.Fatalf("no field %q on %q", name, v.title())
		}
		values[name] = value
	}
	v.post(form.AttrOr("action", ""), values)
}

func (v *visitor) title() string { return v.page.Find("h1").Text() }

func (v *visitor) wantTitle(want string) {
	v.w.t.Helper()
	if got := v.title(); got != want {
		v.w.t.Fatalf("page %q (status %d), want %q", got, v.status, want)
	}
}

// toCode goes as far as the page for the code.
func (v *visitor) toCode(username string) {
	v.w.t.Helper()
	v.press("Verder", url.Values{"leverancier": {Suppliers()[1].EntityID}})
	v.press("Volgende", url.Values{"gebruikersnaam": {username}, "wachtwoord": {Password}})
	v.wantTitle("Code invullen")
}

func TestWalkThroughThePages(t *testing.T) {
	w := newWorld(t, nil)
	v := newVisitor(w)
	v.wantTitle("Inloggen met eHerkenning")
	if first := v.page.Find("select option").First().Text(); first != "Maak een keuze" {
		t.Errorf("first choice %q", first)
	}
	v.press("Verder", url.Values{"leverancier": {Suppliers()[1].EntityID}})
	v.wantTitle("Inloggen")
	if service := v.page.Find(".service").Text(); !strings.Contains(service, "Helpdesk PO") || !strings.Contains(service, "Dienst Uitvoering Onderwijs") {
		t.Errorf("logging in to %q", service)
	}
	link := v.page.Find(".personas a").FilterFunction(func(_ int, a *goquery.Selection) bool { return a.Text() == "Wim Twee" })
	v.open(link.AttrOr("href", ""))
	v.press("Volgende", nil)
	v.wantTitle("Code invullen")
	v.press("Inloggen", url.Values{"code": {Code}})
	v.wantTitle("Wie vertegenwoordigt u?")
	v.press("Verder", url.Values{"organisatie": {"90005678"}})
	back, err := url.Parse(v.sent)
	if err != nil || !strings.HasPrefix(v.sent, acsURL+"?") || back.Query().Get("RelayState") != "handle" {
		t.Fatalf("sent to %q", v.sent)
	}
	assertion := w.resolve(back.Query().Get("SAMLart")).FindElement("./Response/Assertion")
	if legal := w.attribute(assertion, attributeLegal); legal[0].Value != "90005678" {
		t.Errorf("represents %v", legal)
	}
	if got := text(assertion, ".//AuthenticatingAuthority"); got != Suppliers()[1].EntityID {
		t.Errorf("AuthenticatingAuthority %q", got)
	}
}

func TestEveryPageIsPretendAndHasStop(t *testing.T) {
	pages := []func(*visitor){
		func(*visitor) {},
		func(v *visitor) { v.press("Verder", url.Values{"leverancier": {Suppliers()[0].EntityID}}) },
		func(v *visitor) { v.toCode("wim") },
		func(v *visitor) { v.toCode("wim"); v.press("Inloggen", url.Values{"code": {Code}}) },
	}
	w := newWorld(t, nil)
	for _, walk := range pages {
		v := newVisitor(w)
		walk(v)
		title := v.title()
		if banner := v.page.Find(".banner").Text(); !strings.Contains(banner, "dit is niet echt") {
			t.Errorf("%s: banner %q", title, banner)
		}
		v.press("Stoppen", nil)
		if !strings.HasPrefix(v.sent, acsURL) {
			t.Fatalf("%s: Stoppen leads to %q", title, v.at)
		}
		wantFailure(t, title, w.resolve(Return{URL: v.sent}.Artifact()), StatusResponder, StatusAuthnFailed)
	}
}

func wantFailure(t *testing.T, name string, message *etree.Element, top, second string) {
	t.Helper()
	if got := attribute(message, "./Status/StatusCode/@Value"); got != StatusSuccess {
		t.Errorf("%s: ArtifactResponse says %q", name, got)
	}
	if got := attribute(message, "./Response/Status/StatusCode/@Value"); got != top {
		t.Errorf("%s: status %q, want %q", name, got, top)
	}
	if got := attribute(message, "./Response/Status/StatusCode/StatusCode/@Value"); got != second {
		t.Errorf("%s: second status %q, want %q", name, got, second)
	}
	if message.FindElement(".//Assertion") != nil {
		t.Errorf("%s: there is an assertion", name)
	}
}

func TestWrongInputShowsThePageAgain(t *testing.T) {
	tests := []struct {
		name   string
		walk   func(*visitor)
		button string
		fields url.Values
		title  string
	}{
		{"no supplier", func(*visitor) {}, "Verder", nil, "Inloggen met eHerkenning"},
		{"wrong password", func(v *visitor) { v.press("Verder", url.Values{"leverancier": {Suppliers()[0].EntityID}}) },
			"Volgende", url.Values{"gebruikersnaam": {"jane"}, "wachtwoord": {"x"}}, "Inloggen"},
		{"unknown name", func(v *visitor) { v.press("Verder", url.Values{"leverancier": {Suppliers()[0].EntityID}}) },
			"Volgende", url.Values{"gebruikersnaam": {"niemand"}, "wachtwoord": {Password}}, "Inloggen"},
		{"wrong code", func(v *visitor) { v.toCode("jane") }, "Inloggen", url.Values{"code": {"654321"}}, "Code invullen"},
		{"no organisation", func(v *visitor) { v.toCode("wim"); v.press("Inloggen", url.Values{"code": {Code}}) },
			"Verder", nil, "Wie vertegenwoordigt u?"},
	}
	w := newWorld(t, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := newVisitor(w)
			test.walk(v)
			v.press(test.button, test.fields)
			v.wantTitle(test.title)
			if v.status != http.StatusUnprocessableEntity || v.page.Find("[role=alert]").Length() != 1 {
				t.Errorf("status %d, %d errors", v.status, v.page.Find("[role=alert]").Length())
			}
		})
	}
}

func TestStepsCannotBeSkipped(t *testing.T) {
	w := newWorld(t, nil)
	for _, step := range (Visit{Username: "wim", KvK: "90001234"}).steps()[1:] {
		v := newVisitor(w)
		v.post(v.at+step.path, step.form)
		if v.sent != "" {
			t.Errorf("%s as first step leads to %q", step.path, v.sent)
		}
		v.wantTitle("Inloggen met eHerkenning")
	}
}

func TestOrganisationNeedsTheCode(t *testing.T) {
	v := newVisitor(newWorld(t, nil))
	v.toCode("wim")
	v.post(v.at+"/organisatie", url.Values{"organisatie": {"90001234"}})
	v.wantTitle("Code invullen")
}

func TestWrongPasswordKeepsTheName(t *testing.T) {
	v := newVisitor(newWorld(t, nil))
	v.press("Verder", url.Values{"leverancier": {Suppliers()[0].EntityID}})
	v.press("Volgende", url.Values{"gebruikersnaam": {"jane"}, "wachtwoord": {"geheim"}})
	if got := v.page.Find("#gebruikersnaam").AttrOr("value", ""); got != "jane" {
		t.Errorf("name %q, want jane", got)
	}
	if got, shown := v.page.Find("#wachtwoord").Attr("value"); shown {
		t.Errorf("password %q is shown again", got)
	}
}

func TestDoubleClickGetsOneArtifact(t *testing.T) {
	w := newWorld(t, nil)
	v := newVisitor(w)
	v.toCode("jane")
	l, found := w.broker.logins.get(strings.TrimPrefix(v.at, w.base+"/inloggen/"))
	if !found {
		t.Fatalf("no login at %q", v.at)
	}
	statuses := map[int]int{}
	for range 2 { // both requests have read the login before one of them ends it
		recorder := httptest.NewRecorder()
		w.broker.cancel(recorder, httptest.NewRequest(http.MethodPost, v.at, nil), l)
		statuses[recorder.Code]++
	}
	if statuses[http.StatusSeeOther] != 1 || statuses[http.StatusNotFound] != 1 {
		t.Errorf("answered with %v", statuses)
	}
}

func TestLoginEndsAfterFifteenMinutes(t *testing.T) {
	w := newWorld(t, nil)
	v := newVisitor(w)
	w.now = w.now.Add(loginLife)
	v.open(v.at)
	v.wantTitle("Inloggen lukt niet")
	if v.status != http.StatusNotFound {
		t.Errorf("status %d", v.status)
	}
}

func TestPagesAllowTheWayBack(t *testing.T) {
	w := newWorld(t, nil)
	response, err := http.Get(w.base)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := response.Header.Get("Content-Security-Policy"); !strings.HasSuffix(got, "form-action 'self' https://koppel.example") {
		t.Errorf("Content-Security-Policy %q", got)
	}
	if got := response.Header.Get("Cache-Control"); got != "no-cache, no-store" {
		t.Errorf("Cache-Control %q", got)
	}
}

func TestAddressesAndStyle(t *testing.T) {
	w := newWorld(t, nil)
	for path, wantType := range map[string]string{
		"/": "text/html; charset=utf-8", "/stijl.css": "text/css; charset=utf-8", "/metadata": "application/samlmetadata+xml",
	} {
		response, err := http.Get(w.base + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != wantType {
			t.Errorf("%s: %d %q, want %q", path, response.StatusCode, got, wantType)
		}
	}
}
