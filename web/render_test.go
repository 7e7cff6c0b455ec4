package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"koppel/messages"
)

// sampleFaults are a fault of the page as a whole and one of a field.
func sampleFaults(field string) []fieldError {
	return []fieldError{{"", "Het is nu druk."}, {field, "Vul dit veld in."}}
}

// samplePages is every template in every state that looks different.
var samplePages = map[string]page{
	"login":          {Template: "login", Title: "Inloggen MijnHelpdeskPO", View: loginView{}},
	"go":             {Template: "go", Title: "U gaat naar eHerkenning", View: goView{"https://broker.example/sso", "PHNhbWw+", "handle"}},
	"link":           {Template: "link", Title: "Koppelen", Reference: "K3TF-9M2Q", View: sampleLink},
	"link-faults":    {Template: "link", Title: "Koppelen", Reference: "K3TF-9M2Q", View: sampleLink, Errors: append(sampleFaults("email"), fieldError{"username", "Vul uw gebruikersnaam in."}, fieldError{"password", "Vul uw wachtwoord in."})},
	"pin-queued":     {Template: "pin", Title: "Bevestigen", Reference: "K3TF-9M2Q", View: pinView{Nonce: "n", Email: "j@regenboog.example", MailState: "queued", AutoRefresh: true}},
	"pin-late":       {Template: "pin", Title: "Bevestigen", Reference: "K3TF-9M2Q", View: pinView{Nonce: "n", Email: "j@regenboog.example", MailState: "late"}},
	"pin-refused":    {Template: "pin", Title: "Bevestigen", Reference: "K3TF-9M2Q", View: pinView{Nonce: "n", Email: "j@regenboog.example", MailState: "refused"}},
	"pin":            {Template: "pin", Title: "Bevestigen", Success: "Aangevraagd.", Reference: "K3TF-9M2Q", View: samplePIN},
	"pin-faults":     {Template: "pin", Title: "Bevestigen", Reference: "K3TF-9M2Q", View: samplePIN, Errors: sampleFaults("pin")},
	"address":        {Template: "address", Title: "Ander e-mailadres", Reference: "K3TF-9M2Q", View: addressView{Nonce: "n", Email: "j@regenboog.example"}},
	"address-faults": {Template: "address", Title: "Ander e-mailadres", View: addressView{Nonce: "n", Email: "info@regenboog.example"}, Errors: sampleFaults("email")},
	"home": {Template: "home", Title: "Uw scholen en besturen", Success: "Gelukt.", View: homeView{[]institutionView{
		{Kind: "school", Name: "De Regenboog", Place: "Utrecht", Code: "03AB", Current: true},
		{Kind: "board", Name: "Stichting De Regenboog", Code: "10249"}}}},
	"loggedout":    {Template: "loggedout", Title: "U bent uitgelogd", View: loggedOutView{}},
	"expired":      {Template: "loggedout", Title: "Verlopen", View: loggedOutView{Expired: true}},
	"status":       {Template: "status", Title: "Het niveau is te laag", Reference: "K3TF-9M2Q", View: statusView{Key: "p.loa", Args: map[string]string{"loa": "EH2+"}, Action: startPath, Post: true, ShowReference: true}},
	"status-link":  {Template: "status", Title: "Niet gevonden", View: statusView{Key: "p.404", Action: loginPath}},
	"toelichting":  {Template: "text", Title: "Toelichting", View: textView{"toelichting"}},
	"contact":      {Template: "text", Title: "Contact", View: textView{"contact"}},
	"toegankelijk": {Template: "text", Title: "Toegankelijkheid", View: textView{"toegankelijkheid"}},
	"privacy":      {Template: "text", Title: "Privacy", View: textView{"privacy"}},
	"licenties":    {Template: "text", Title: "Licenties", View: textView{"licenties"}},
}

var (
	sampleLink = linkView{Nonce: "n", Email: "j@regenboog.example", Username: "regenboog01", Organisation: "Stichting <De Regenboog>",
		KvK: "90001234", Minutes: 45}
	samplePIN = pinView{Nonce: "n", Email: "j@regenboog.example", ValidUntil: "14.35", MailState: "sent", SentAt: "14.20", PIN: "120481"}
)

// eachPage renders every sample in both languages, for somebody who is logged in.
func eachPage(t *testing.T, check func(t *testing.T, sample page, html string, doc *goquery.Document)) {
	t.Helper()
	pages, err := newRenderer(renderSettings{HelpdeskMail: "helpdesk@example.nl", HelpdeskPhone: "070 000 00 00", MailFrom: "koppel@example.nl"})
	if err != nil {
		t.Fatal(err)
	}
	for name, sample := range samplePages {
		for _, language := range messages.Languages {
			t.Run(name+"."+string(language), func(t *testing.T) {
				html := renderSample(pages, language, sample)
				doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
				if err != nil {
					t.Fatal(err)
				}
				check(t, sample, html, doc)
			})
		}
	}
}

func renderSample(pages *renderer, language messages.Language, sample page) string {
	recorder := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(recorder)
	c.Request = httptest.NewRequest(http.MethodGet, "/", nil)
	c.Set(keyLanguage, language)
	c.Set(keyNonce, "cspnonce")
	c.Set(keyLoggedIn, true)
	c.Set(keyLogoutNonce, "out")
	pages.render(c, http.StatusOK, sample)
	return recorder.Body.String()
}

func TestPagesHaveOneFrame(t *testing.T) {
	eachPage(t, func(t *testing.T, _ page, _ string, doc *goquery.Document) {
		for selector, want := range map[string]int{
			"html[lang]": 1, "h1": 1, "main#main": 1, "title": 1, `a.nl-skip-link[href="#main"]`: 1, "footer h2": 1,
			`nav a[hreflang][lang]`: 1, `form[action="/uitloggen"] input[name=nonce]`: 1, "script[nonce=cspnonce]": 1,
			"style, [style], [onclick], script:not([src])": 0, "img, iframe": 0,
			"form:not([action]), button:not([type])": 0,
		} {
			if got := doc.Find(selector).Length(); got != want {
				t.Errorf("%s: %d times, want %d", selector, got, want)
			}
		}
		if first := doc.Find("body a").First(); !first.HasClass("nl-skip-link") {
			t.Error("the skip link is not the first link")
		}
	})
}

// leftover is a key, a placeholder or a Go value that was not replaced.
var leftover = regexp.MustCompile(`\b(p|e|in|go|link|mail|user|pw|other|pin|st|home|menu|help|foot|toelichting|contact|privacy|licenties|toegankelijkheid)\.[a-z0-9.]+\b|\{[^}]*\}|<no value>|%!|ZgotmplZ`)

func TestPagesHaveAllWords(t *testing.T) {
	eachPage(t, func(t *testing.T, _ page, html string, doc *goquery.Document) {
		doc.Find("a[href^=mailto]").Remove()
		if found := leftover.FindString(doc.Find("html").Text()); found != "" {
			t.Errorf("text holds %q", found)
		}
		if strings.Contains(html, "ZgotmplZ") || strings.Contains(html, `href=""`) || strings.Contains(html, `src=""`) {
			t.Error("an address is missing")
		}
	})
}

func TestInputsAreLabelled(t *testing.T) {
	eachPage(t, func(t *testing.T, _ page, _ string, doc *goquery.Document) {
		ids := map[string]bool{}
		doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
			if id := s.AttrOr("id", ""); ids[id] {
				t.Errorf("id %q stands twice", id)
			} else {
				ids[id] = true
			}
		})
		doc.Find("input:not([type=hidden])").Each(func(_ int, input *goquery.Selection) {
			id := input.AttrOr("id", "none")
			if doc.Find(`label[for="`+id+`"]`).Length() != 1 {
				t.Errorf("input %s has no label", id)
			}
			if input.AttrOr("autocomplete", "") == "" {
				t.Errorf("input %s has no autocomplete", id)
			}
			for _, described := range strings.Fields(input.AttrOr("aria-describedby", "")) {
				if !ids[described] {
					t.Errorf("input %s is described by %s, which isn't there", id, described)
				}
			}
		})
	})
}

func TestFaultsStandInSummaryAndAtTheField(t *testing.T) {
	eachPage(t, func(t *testing.T, sample page, _ string, doc *goquery.Document) {
		invalid := doc.Find("[aria-invalid=true]").Length()
		if want := len(sample.Errors); invalid != max(0, want-1) {
			t.Errorf("%d invalid inputs, want %d", invalid, max(0, want-1))
		}
		summary := doc.Find(`main > [role=alert][tabindex="-1"][autofocus]`)
		if got := summary.Length() == 1; got != (len(sample.Errors) > 0) {
			t.Fatalf("summary: %v", got)
		}
		for _, fault := range sample.Errors {
			if fault.Field == "" {
				continue
			}
			link := summary.Find(`a[href="#` + fault.Field + `"]`)
			own := doc.Find("#" + fault.Field + "-error")
			described := doc.Find("#"+fault.Field).AttrOr("aria-describedby", "")
			if link.Text() != fault.Message || !strings.Contains(own.Text(), fault.Message) || !strings.Contains(described, fault.Field+"-error") {
				t.Errorf("%s: link %q, at the field %q, described by %q", fault.Field, link.Text(), own.Text(), described)
			}
		}
	})
}

func TestWindowTitleSaysWhatHappened(t *testing.T) {
	for _, test := range []struct {
		page page
		want string
	}{
		{page{Title: "Koppelen"}, "Koppelen – MijnHelpdeskPO"},
		{page{Title: "Koppelen", Errors: sampleFaults("pin")}, "Fout: Koppelen – MijnHelpdeskPO"},
		{page{Title: "Koppelen", Success: "Gelukt."}, "Gelukt – Koppelen – MijnHelpdeskPO"},
	} {
		if got := (&screen{page: test.page, Language: messages.Dutch}).WindowTitle(); got != test.want {
			t.Errorf("want %q, got %q", test.want, got)
		}
	}
}

func TestPasswordIsNeverShownAgain(t *testing.T) {
	eachPage(t, func(t *testing.T, _ page, _ string, doc *goquery.Document) {
		if _, has := doc.Find("input[type=password]").Attr("value"); has {
			t.Error("the password field has a value")
		}
	})
}

func TestRefreshIsAskedForAndEnds(t *testing.T) {
	eachPage(t, func(t *testing.T, sample page, _ string, doc *goquery.Document) {
		view, _ := sample.View.(pinView)
		if got := doc.Find("meta[http-equiv=refresh]").Length() == 1; got != view.AutoRefresh {
			t.Errorf("refreshes itself: %v", got)
		}
	})
}

func TestPagesAreSmall(t *testing.T) {
	eachPage(t, func(t *testing.T, _ page, html string, _ *goquery.Document) {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		w.Write([]byte(html))
		w.Close()
		if packed.Len() > 4<<10 {
			t.Errorf("%d bytes compressed, want at most 4 KB", packed.Len())
		}
	})
}
