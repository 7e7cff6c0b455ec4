package mail

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"koppel/messages"
	"koppel/onboarding"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	letters   = Letters{HelpdeskPhone: "079 123 45 67"}
	requested = time.Date(2026, 4, 21, 12, 35, 0, 0, time.UTC) // 14.35 in Amsterdam
	regenboog = Link{At: requested, Name: "De Regenboog", Code: "03AB"}
	pinTimes  = PINTimes{Requested: requested, ValidUntil: requested.Add(16 * time.Minute)}
	forgotten = ResetRequest{At: requested, Name: "De Regenboog", Code: "03AB", Until: requested.Add(24 * time.Hour),
		Link: onboarding.ResetLink.Address("https://koppel.example", strings.Repeat("Ab3-_", 8)+"Xyz")}
)

var asking = Question{At: requested, Until: requested.Add(7 * 24 * time.Hour), Name: "De Regenboog", Code: "03AB",
	Ground: onboarding.OtherOrganisation, Organisation: "Kantoor Oost", KvK: "90007777",
	Link: onboarding.ApprovalLink.Address("https://koppel.example", strings.Repeat("Ab3-_", 8)+"Xyz")}

// on is a question for another reason.
func on(ground onboarding.Ground) Question {
	q := asking
	q.Ground = ground
	return q
}

// all is every mail there is; TestGolden holds one of each in testdata.
var all = []struct {
	name  string
	write func(messages.Language) Message
}{
	{"pin", func(l messages.Language) Message { return letters.PIN(l, "048151", pinTimes) }},
	{"changepin", func(l messages.Language) Message { return letters.ChangePIN(l, "048151", pinTimes) }},
	{"changeasked", func(l messages.Language) Message { return letters.ChangeAsked(l, requested) }},
	{"changed", func(l messages.Language) Message { return letters.Changed(l, requested) }},
	{"changednotice", func(l messages.Language) Message { return letters.ChangedNotice(l, requested) }},
	{"reset", func(l messages.Language) Message { return letters.ResetLink(l, forgotten, false) }},
	{"resetagain", func(l messages.Language) Message { return letters.ResetLink(l, forgotten, true) }},
	{"passwordchanged", func(l messages.Language) Message { return letters.PasswordChanged(l, regenboog) }},
	{"ownpasswordchanged", func(l messages.Language) Message { return letters.OwnPasswordChanged(l, regenboog) }},
	{"approval", func(l messages.Language) Message { return letters.Approval(l, asking, false) }},
	{"approvalagain", func(l messages.Language) Message { return letters.Approval(l, unnamed(), true) }},
	{"approvalheld", func(l messages.Language) Message { return letters.Approval(l, on(onboarding.HeldAlready), false) }},
	{"approvalcontact", func(l messages.Language) Message { return letters.Approval(l, on(onboarding.NoContact), false) }},
	{"asked", func(l messages.Language) Message { return letters.Asked(l, asking) }},
	{"approved", func(l messages.Language) Message { return letters.Approved(l, requested, requested.Add(24*time.Hour)) }},
	{"notapproved", func(l messages.Language) Message { return letters.NotApproved(l, requested) }},
	{"notanswered", func(l messages.Language) Message { return letters.NotAnswered(l, requested) }},
	{"notapprovedfor", func(l messages.Language) Message { return letters.NotApprovedFor(l, asking, requested) }},
	{"notansweredfor", func(l messages.Language) Message { return letters.NotAnsweredFor(l, asking) }},
	{"addedbyapproval", func(l messages.Language) Message { return letters.AddedByApproval(l, regenboog) }},
	{"representativenotice", func(l messages.Language) Message { return letters.RepresentativeNotice(l, regenboog) }},
	{"linked", func(l messages.Language) Message { return letters.Linked(l, regenboog) }},
	{"ownernotice", func(l messages.Language) Message { return letters.OwnerNotice(l, regenboog) }},
	{"reminder", func(l messages.Language) Message {
		return letters.Reminder(l, ReminderTimes{Started: requested, OpenUntil: requested.Add(72 * time.Hour)})
	}},
	{"added", func(l messages.Language) Message { return letters.Added(l, regenboog) }},
	{"joined", func(l messages.Language) Message { return letters.Joined(l, requested, "90009999") }},
	{"addednotice", func(l messages.Language) Message { return letters.AddedNotice(l, regenboog) }},
	{"merged", func(l messages.Language) Message { return letters.Register(l, changed(onboarding.Merged)) }},
	{"closed", func(l messages.Language) Message { return letters.Register(l, changed(onboarding.Ended)) }},
	{"moved", func(l messages.Language) Message { return letters.Register(l, changed(onboarding.Moved)) }},
	{"unlinked", func(l messages.Language) Message { return letters.Unlinked(l, unlinked(true)) }},
	{"unlinkedcall", func(l messages.Language) Message { return letters.Unlinked(l, unlinked(false)) }},
	{"unlinkednotice", func(l messages.Language) Message { return letters.UnlinkedNotice(l, unlinked(true)) }},
	{"locked", func(l messages.Language) Message { return letters.Locked(l, requested.Add(2*time.Hour)) }},
}

// unnamed is a question about an organisation that the broker gave no name of.
func unnamed() Question {
	q := asking
	q.Organisation = ""
	return q
}

func changed(kind onboarding.RegisterChange) RegisterChange {
	return RegisterChange{Kind: kind, Name: "De Regenboog", Code: "03AB", OtherName: "De Linde", Other: "16AH",
		On: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)}
}

func unlinked(coded bool) Unlinking {
	return Unlinking{At: requested, Institutions: []Institution{{"De Regenboog", "03AB"}, {"De Linde", "16AH"}}, Coded: coded}
}

// eachLetter runs a test on every mail in both languages.
func eachLetter(t *testing.T, check func(t *testing.T, m Message, name string)) {
	t.Helper()
	for _, letter := range all {
		for _, language := range []messages.Language{messages.Dutch, messages.English} {
			name := letter.name + "." + string(language)
			t.Run(name, func(t *testing.T) { check(t, letter.write(language), name) })
		}
	}
}

func TestGolden(t *testing.T) {
	eachLetter(t, func(t *testing.T, m Message, name string) {
		golden(t, name+".txt", "Subject: "+m.Subject+"\n\n"+m.Text)
		golden(t, name+".html", m.HTML)
	})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./mail -update writes it anew)\nwant:\n%s\ngot:\n%s", path, want, got)
	}
}

func TestBothPartsSayTheSame(t *testing.T) {
	eachLetter(t, func(t *testing.T, m Message, _ string) {
		page, err := goquery.NewDocumentFromReader(strings.NewReader(strings.ReplaceAll(m.HTML, "<br>", " ")))
		if err != nil {
			t.Fatal(err)
		}
		words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
		if want, got := words(m.Text), words(page.Find("body").Text()); want != got {
			t.Errorf("text: %s\nHTML: %s", want, got)
		}
		if title := page.Find("title").Text(); title != m.Subject {
			t.Errorf("title: want %q, got %q", m.Subject, title)
		}
		if language := page.Find("html").AttrOr("lang", ""); language != string(m.Language) {
			t.Errorf("lang: want %q, got %q", m.Language, language)
		}
	})
}

// remote finds what a mail program would follow or fetch, and what a forgotten key or argument leaves behind.
var (
	remote    = regexp.MustCompile(`(?i)https?:|www\.|href|src=|url\(|<img|<link|<script|mailto:|tel:`)
	leftovers = regexp.MustCompile(`\bm[0-9]?\.[a-z0-9]|[{}]|%!|<no value>`)
)

// leading are the mails that have one link, by the first part of their name.
var leading = map[string]string{"reset": forgotten.Link, "resetagain": forgotten.Link,
	"approval": asking.Link, "approvalagain": asking.Link, "approvalheld": asking.Link, "approvalcontact": asking.Link}

// withoutLink takes the one link out of a mail that may have it: once in the text, and in HTML as an anchor that shows
// the whole address.
func withoutLink(t *testing.T, m Message, link string) (text, html string) {
	t.Helper()
	anchor := `<a href="` + link + `" style="color:#0a5aa8;overflow-wrap:anywhere">` + link + `</a>`
	if strings.Count(m.Text, link) != 1 || strings.Count(m.HTML, anchor) != 1 {
		t.Errorf("want the link once in text and HTML, in full:\n%s\n%s", m.Text, m.HTML)
	}
	return strings.Replace(m.Text, link, "", 1), strings.Replace(m.HTML, anchor, "", 1)
}

func TestLettersAreSmallAndInert(t *testing.T) {
	eachLetter(t, func(t *testing.T, m Message, name string) {
		words, marked := m.Text, m.HTML
		kind, _, _ := strings.Cut(name, ".")
		if link := leading[kind]; link != "" {
			words, marked = withoutLink(t, m, link)
		}
		for part, content := range map[string]string{"subject": m.Subject, "text": words, "HTML": marked} {
			if found := remote.FindString(content); found != "" {
				t.Errorf("%s holds %q", part, found)
			}
			if found := leftovers.FindString(content); found != "" {
				t.Errorf("%s holds %q", part, found)
			}
		}
		if size := len(m.Text) + len(m.HTML); size >= 10_000 {
			t.Errorf("want less than 10 KB, got %d bytes", size)
		}
	})
}

func TestPINMail(t *testing.T) {
	tests := []struct {
		language messages.Language
		words    []string
	}{
		{messages.Dutch, []string{"14.51 uur", "niet gevraagd", "079 123 45 67", "nooit"}},
		{messages.English, []string{"14:51", "not ask for this", "079 123 45 67", "never"}},
	}
	for _, test := range tests {
		t.Run(string(test.language), func(t *testing.T) {
			m := letters.PIN(test.language, "048151", pinTimes)
			if strings.Contains(m.Subject, "048151") || !strings.Contains(m.Subject, messages.Time(test.language, requested)) {
				t.Errorf("want a subject with the time and without the PIN, got %q", m.Subject)
			}
			if at := strings.Index(m.Text, "048151"); at < 100 {
				t.Errorf("want the PIN unbroken after 100 bytes of text, got it at %d", at)
			}
			if n := strings.Count(m.HTML, "048151"); n != 1 {
				t.Errorf("want the PIN unbroken and once in HTML, got it %d times", n)
			}
			for _, words := range test.words {
				if !strings.Contains(m.Text, words) {
					t.Errorf("want %q in: %s", words, m.Text)
				}
			}
		})
	}
}

func TestNamesStayOneLineOfText(t *testing.T) {
	name := "De <b>Regenboog</b>\r\nBcc: eve@example.org\u202egnol\x00"
	m := letters.Linked(messages.Dutch, Link{At: requested, Name: name, Code: "03AB"})
	if want := "De <b>Regenboog</b> Bcc: eve@example.org gnol (03AB)"; !strings.Contains(m.Text, want) {
		t.Errorf("want %q in: %s", want, m.Text)
	}
	if strings.Contains(m.HTML, "<b>") {
		t.Errorf("the name became markup: %s", m.HTML)
	}
}
