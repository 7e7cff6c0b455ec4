package bounces

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const janesToken = "0123456789abcdef0123456789abcdef"

func TestReportsAreReadHoweverTheyAreWritten(t *testing.T) {
	for name, want := range map[string]Report{
		"postfix":        {Failed: true, Status: "5.1.1"},
		"encoded":        {Failed: true, Status: "5.6.7"},
		"exchange":       {Failed: true, Status: "5.7.126"},
		"forwarded":      {Failed: true, Status: "5.4.4"},
		"gaveup":         {Failed: true, Status: "4.4.1"},
		"qmail":          {Failed: true, Status: "5.1.1"},
		"brokenboundary": {Failed: true, Status: "5.2.2"},
		"brokenheader":   {Failed: true, Status: "5.1.10"},
		"delayed":        {Failed: false, Status: "4.4.1"},
		"delivered":      {Failed: false, Status: "2.0.0"},
	} {
		text := string(read(t, name))
		for ends, message := range map[string]string{"LF": text, "CRLF": strings.ReplaceAll(text, "\n", "\r\n")} {
			t.Run(name+" "+ends, func(t *testing.T) {
				got, err := Read(strings.NewReader(message))
				if err != nil || got.Failed != want.Failed || got.Status != want.Status {
					t.Errorf("got %+v, %v, want %+v", got, err, want)
				}
				if !slices.Equal(got.Tokens, []string{janesToken}) {
					t.Errorf("tokens %v", got.Tokens)
				}
			})
		}
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	for name, message := range map[string]string{
		"nothing": "", "noise": "\x00\xff\x00", "out of office": string(read(t, "outofoffice")),
		"a mail": "From: a@b.nl\nTo: bounce@koppel.example\n\nHallo\n",
	} {
		if got, err := Read(strings.NewReader(message)); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: got %+v, %v, want unreadable", name, got, err)
		}
	}
}

func TestTheAddressItCameToCountsBeforeWhatItQuotes(t *testing.T) {
	quoted := strings.Repeat("f", 32)
	message := strings.ReplaceAll(string(read(t, "postfix")), "Message-ID: <"+janesToken, "Message-ID: <"+quoted)
	got, err := Read(strings.NewReader(message))
	if err != nil || !slices.Equal(got.Tokens, []string{janesToken, quoted}) {
		t.Errorf("tokens %v, %v", got.Tokens, err)
	}
}

func TestLongAndDeepMessagesAreReadInBounds(t *testing.T) {
	deep := strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 1000)
	to, words := "To:", ""
	for i := range 20 {
		to += fmt.Sprintf(" bounce+%032x@koppel.example,", i)
		words += fmt.Sprintf("<%032x@koppel.example>\n", 100+i)
	}
	many := "Return-Path: <>\n" + to + "\n\nStatus: 5.1.1\n" + words
	for name, message := range map[string]string{"deep": deep, "many": many} {
		if got, _ := Read(strings.NewReader(message)); len(got.Tokens) > maxTokens {
			t.Errorf("%s: %d tokens", name, len(got.Tokens))
		}
	}
}

func TestNotices(t *testing.T) {
	for notice, want := range map[Notice]Report{
		{"<" + janesToken + "@koppel.example>", "5.1.1"}: {Failed: true, Status: "5.1.1"},
		{janesToken + "@koppel.example", "4.2.2"}:        {Failed: false, Status: "4.2.2"},
	} {
		got, err := notice.Report()
		if err != nil || got.Failed != want.Failed || got.Status != want.Status || !slices.Equal(got.Tokens, []string{janesToken}) {
			t.Errorf("%+v: got %+v, %v", notice, got, err)
		}
	}
	for _, notice := range []Notice{{}, {MessageID: "x"}, {MessageID: "x", Status: "550"}, {Status: "5.1.1"}} {
		if got, err := notice.Report(); err == nil {
			t.Errorf("%+v was read as %+v", notice, got)
		}
	}
}

// FuzzRead: whatever a stranger sends, the result is bounded, and what is taken from it are digits only.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no messages: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		report, err := Read(strings.NewReader(string(message)))
		if err != nil && !errors.Is(err, ErrUnreadable) {
			t.Fatal(err)
		}
		if err == nil && strings.Trim(report.Status, "0123456789.") != "" || len(report.Tokens) > maxTokens {
			t.Errorf("%+v", report)
		}
		for _, token := range report.Tokens {
			if len(token) != 32 || strings.Trim(token, "0123456789abcdef") != "" {
				t.Errorf("token %q", token)
			}
		}
	})
}
