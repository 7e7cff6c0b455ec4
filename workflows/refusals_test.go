package workflows

import (
	"strings"
	"testing"
)

func TestReplyOfAMailServerIsToldInPlainWords(t *testing.T) {
	for code, want := range map[int]string{550: "bestaat niet", 551: "bestaat niet", 552: "vol", 553: "bestaat niet", 554: "filter", 521: "wil de mail niet"} {
		if got := refusalText(code); !strings.Contains(got, want) {
			t.Errorf("%d: %q lacks %q", code, got, want)
		}
	}
	for status, want := range map[string]string{"5.1.1": "bestaat niet", "5.2.2": "vol", "5.2.1": "gesloten", "5.7.1": "filter", "5.4.4": "niet bezorgen"} {
		if got := bounceText(status); !strings.Contains(got, want) {
			t.Errorf("%s: %q lacks %q", status, got, want)
		}
	}
}
