package brokertest

import (
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/beevik/etree"
)

func TestArtifactShape(t *testing.T) {
	w := newWorld(t, nil)
	artifact := w.login("jane", "").Artifact()
	raw, err := base64.StdEncoding.DecodeString(artifact)
	if err != nil || len(raw) != 44 {
		t.Fatalf("artifact of %d bytes: %v", len(raw), err)
	}
	source := sha1.Sum([]byte(EntityID))
	if want := append([]byte{0, 4, 0, 0}, source[:]...); string(raw[:24]) != string(want) {
		t.Errorf("begins with %x, want %x", raw[:24], want)
	}
	if again := w.login("jane", "").Artifact(); again == artifact {
		t.Error("the same artifact twice")
	}
}

func TestArtifactIsGoodOnce(t *testing.T) {
	w := newWorld(t, nil)
	resolve := write(t, w.resolveMessage(w.login("jane", "").Artifact()))
	var wait sync.WaitGroup
	var answers atomic.Int32
	for range 8 {
		wait.Go(func() {
			message, err := parseXML(resolve)
			if err != nil {
				t.Error(err)
				return
			}
			if _, body := w.post(message); body.FindElement("./Response") != nil {
				answers.Add(1)
			}
		})
	}
	wait.Wait()
	if answers.Load() != 1 {
		t.Errorf("%d answers to 8 equal requests, want 1", answers.Load())
	}
}

func TestArtifactLivesAMinute(t *testing.T) {
	w := newWorld(t, nil)
	artifact := w.login("jane", "").Artifact()
	w.now = w.now.Add(artifactLife)
	message := w.resolve(artifact)
	if message.FindElement("./Response") != nil {
		t.Error("an old artifact was answered")
	}
	if got := attribute(message, "./Status/StatusCode/@Value"); got != StatusSuccess {
		t.Errorf("status %q", got)
	}
	if err := validate(t, message, testKeys()["broker 1"]); err != nil {
		t.Error(err)
	}
}

func TestArtifactByForm(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.PostArtifact = true })
	for _, username := range []string{"jane", "carl", ""} {
		back := w.login(username, "")
		if back.URL != acsURL || back.Form.Get("RelayState") != "handle" {
			t.Errorf("%q: form to %q with %v", username, back.URL, back.Form)
		}
		if w.resolve(back.Artifact()).FindElement("./Response") == nil {
			t.Errorf("%q: artifact is not good", username)
		}
	}
}

func TestPersonaByForm(t *testing.T) {
	people := Personas()
	people[0].PostArtifact = true
	w := newWorld(t, func(o *Options) { o.Personas = people })
	if back := w.login("jane", ""); back.Form == nil {
		t.Errorf("jane was redirected to %q", back.URL)
	}
	if back := w.login("piet", ""); back.Form != nil {
		t.Error("piet got a form")
	}
}

func TestPersonasAnswer(t *testing.T) {
	w := newWorld(t, nil)
	tests := []struct{ username, choose, level, kvk string }{
		{"jane", "", Level3, "90001234"},
		{"piet", "", Level3, "90001234"},
		{"tess", "", Level3, "90005678"},
		{"wim", "90001234", Level3, "90001234"},
		{"wim", "90005678", Level3, "90005678"},
		{"laura", "", Level2Plus, "90001234"},
		{"koos", "", Level3, "90009999"},
	}
	for _, test := range tests {
		assertion := w.resolve(w.login(test.username, test.choose).Artifact()).FindElement("./Response/Assertion")
		if got := text(assertion, ".//AuthnContextClassRef"); got != test.level {
			t.Errorf("%s: level %q, want %q", test.username, got, test.level)
		}
		if got := w.attribute(assertion, attributeLegal)[0]; got != (Identifier{QualifierKvK, test.kvk}) {
			t.Errorf("%s: %v, want %s", test.username, got, test.kvk)
		}
	}
	wantFailure(t, "carl", w.resolve(w.login("carl", "").Artifact()), StatusResponder, StatusAuthnFailed)
	wantFailure(t, "stop", w.resolve(w.login("", "").Artifact()), StatusResponder, StatusAuthnFailed)
}

func TestBranchPersona(t *testing.T) {
	people := Personas()
	people[0].Branch = "000012345678"
	w := newWorld(t, func(o *Options) { o.Personas = people })
	message := w.resolve(w.login("jane", "").Artifact())
	if got := text(message, ".//Attribute[@Name='"+attributeBranch+"']/AttributeValue"); got != "000012345678" {
		t.Errorf("branch %q", got)
	}
}

func TestResolveRefuses(t *testing.T) {
	provider := testKeys()["provider"]
	w := newWorld(t, nil)
	artifact := w.login("jane", "").Artifact()
	resolve := func(issuer, destination string) *etree.Element {
		el := message("ArtifactResolve", "_resolve1", destination)
		el.FindElement("./Issuer").SetText(issuer)
		addText(el, "samlp:Artifact", artifact)
		return el
	}
	good := resolve(providerID, w.base+"/ars")
	for _, test := range []struct {
		name    string
		message *etree.Element
		why     string
	}{
		{"unsigned", good.Copy(), "0 signatures"},
		{"foreign key", signed(t, good, testKeys()["stranger"], false), "verify signature"},
		{"with certificate", signed(t, good, provider, true), "X509Data"},
		{"unknown issuer", signed(t, resolve("urn:other", w.base+"/ars"), provider, false), "unknown issuer"},
		{"wrong destination", signed(t, resolve(providerID, acsURL), provider, false), "destination"},
		{"another message", signed(t, message("AuthnRequest", "_1", w.base+"/ars"), provider, false), "not an ArtifactResolve"},
	} {
		status, body := w.post(test.message)
		if got := text(body, "./faultstring"); status != http.StatusInternalServerError || !strings.Contains(got, test.why) {
			t.Errorf("%s: status %d, %q, want %q", test.name, status, got, test.why)
		}
	}
	if w.resolve(artifact).FindElement("./Response") == nil {
		t.Error("a refused request used up the artifact")
	}
}

func TestResolveRefusesWhatIsNoMessage(t *testing.T) {
	w := newWorld(t, nil)
	for name, body := range map[string]string{
		"nothing":    "",
		"not XML":    "<a",
		"not SOAP":   "<a/>",
		"empty body": `<s:Envelope xmlns:s="` + nsSOAP + `"><s:Body/></s:Envelope>`,
		"too large":  "<a>" + strings.Repeat("x", maxMessage) + "</a>",
	} {
		response, err := http.Post(w.base+"/ars", "text/xml", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: status %d", name, response.StatusCode)
		}
	}
}
