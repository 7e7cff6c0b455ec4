package web

import (
	"strings"
	"testing"

	"koppel/messages"
)

func sampleScreen(language messages.Language) *screen {
	return &screen{Language: language, settings: renderSettings{
		HelpdeskMail: "helpdesk@example.nl", HelpdeskPhone: "070 000 00 00", MailFrom: "koppel@example.nl"}}
}

func TestSayEscapesArgumentsAndLinksTheHelpdesk(t *testing.T) {
	tests := []struct {
		name     string
		language messages.Language
		key      string
		pairs    []string
		want     string
	}{
		{"argument", messages.Dutch, "link.as", []string{"organisatie", `<b>"A"&B`, "kvk", "90001234"},
			"U bent ingelogd namens &lt;b&gt;&#34;A&#34;&amp;B (KVK 90001234)."},
		{"address of the reader", messages.Dutch, "pin.lead", []string{"email", "<x>@b.nl"},
			"Wij sturen een pincode naar <strong>&lt;x&gt;@<wbr>b.nl</strong>."},
		{"helpdesk", messages.Dutch, "help.p", nil, `Neem contact op met de helpdesk PO: ` +
			`<a class="nl-link" href="mailto:helpdesk@example.nl">helpdesk@example.nl</a> of ` +
			`<a class="nl-link" href="tel:0700000000">` + "070\u00a0000\u00a000\u00a000</a>."},
		{"Dutch words in English", messages.English, "home.school", nil, `School (<span lang="nl">instellingscode</span>)`},
		{"Dutch words in Dutch", messages.Dutch, "home.school", nil, "School (instellingscode)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := string(sampleScreen(test.language).Say(test.key, test.pairs...)); got != test.want {
				t.Errorf("want %s\n got %s", test.want, got)
			}
		})
	}
}

func TestLanguageLinkStaysOnThisSite(t *testing.T) {
	for path, want := range map[string]string{
		"/koppelen":                 "?taal=",
		"//evil.example":            "?taal=",
		"/koppelen/pincode/opnieuw": "/koppelen/pincode?taal=",
		"/eherkenning/acs":          "/?taal=",
	} {
		if got := languageLink(path, "", false); got != want {
			t.Errorf("%s: want %q, got %q", path, want, got)
		}
	}
}

func TestGeneralAddressIsToldHowToGetAnOwnOne(t *testing.T) {
	s := sampleScreen(messages.Dutch)
	s.Errors = []fieldError{{Field: "email", Key: "e.mail.empty"}}
	for typed, want := range map[string]bool{"info@regenboog.example": true, "j.jansen@regenboog.example": false, "info": false} {
		if got := s.Input("email", typed).NeedsOwnAddress(); got != want {
			t.Errorf("%s: want %v, got %v", typed, want, got)
		}
	}
	s.Errors = nil
	if s.Input("email", "info@regenboog.example").NeedsOwnAddress() {
		t.Error("advice without a fault")
	}
}

func TestTextPagesHaveTheirParts(t *testing.T) {
	for _, name := range textPages {
		for _, part := range sampleScreen(messages.Dutch).Sections(name) {
			if part.Paragraph == "" && len(part.Steps) == 0 && len(part.Points) == 0 {
				t.Errorf("%s: nothing below the heading", part.Heading)
			}
		}
	}
	steps := sampleScreen(messages.Dutch).Sections("toelichting")[0].Steps
	if len(steps) != 7 || !strings.HasSuffix(steps[6], ".s7") {
		t.Errorf("steps of the first login: %v", steps)
	}
}
