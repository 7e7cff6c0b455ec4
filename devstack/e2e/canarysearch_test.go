package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// spot is where values may have got to.
type spot struct {
	name     string
	content  []byte
	postgres bool // where the kept ones belong
}

// hit tells how a canary stands in a content; empty when it does not.
func (c canary) hit(content []byte) string {
	if digits.MatchString(c.mark) {
		if c.whole().Match(content) {
			return "as it is"
		}
	} else if bytes.Contains(bytes.ToLower(content), []byte(strings.ToLower(c.mark))) {
		return "as it is, or in other capitals"
	}
	for how, disguised := range disguises(c.mark) {
		if bytes.Contains(content, []byte(disguised)) {
			return how
		}
	}
	return ""
}

// disguises are the encodings in which a text can hide. Base64 depends on what stands before the text.
func disguises(text string) map[string]string {
	found := map[string]string{
		"in hexadecimal": hex.EncodeToString([]byte(text)),
		"in HEXADECIMAL": strings.ToUpper(hex.EncodeToString([]byte(text))),
		"in UTF-16":      strings.Join(strings.Split(text, ""), "\x00"),
		"URL-escaped":    escapeAll(text),
	}
	for offset := range 3 {
		before := strings.Repeat("x", offset)
		first, last := (offset*8+5)/6, (offset+len(text))*8/6
		found["in base64, offset "+before] = base64.StdEncoding.EncodeToString([]byte(before + text))[first:last]
		found["in base64 of URLs, offset "+before] = base64.URLEncoding.EncodeToString([]byte(before + text))[first:last]
	}
	return found
}

// escapeAll escapes what needs no escape too.
func escapeAll(text string) string {
	var escaped strings.Builder
	for _, b := range []byte(text) {
		escaped.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{b})))
	}
	return escaped.String()
}

func TestSearchFindsEveryDisguise(t *testing.T) {
	c := newCanary(field{name: "password", value: suffix("-Aa1")})
	for offset := range 3 {
		content := []byte("some" + strings.Repeat("x", offset) + c.text + "thing")
		for how, disguised := range map[string][]byte{
			"as it is":       content,
			"in capitals":    bytes.ToUpper(content),
			"in hexadecimal": []byte(hex.EncodeToString(content)),
			"in base64":      []byte(base64.StdEncoding.EncodeToString(content)),
			"URL-escaped":    []byte(escapeAll(string(content))),
		} {
			if c.hit(disguised) == "" {
				t.Errorf("%s is not found %s", c.mark, how)
			}
		}
	}
	if how := c.hit([]byte("nothing of it")); how != "" {
		t.Errorf("found %s where it is not", how)
	}
	pin := canary{mark: "482913"}
	for content, want := range map[string]bool{
		`"pin":"482913"`: true, "482913": true, "x 482913\n": true,
		"1482913": false, "10:00:00.482913+00": false, "a482913f": false,
	} {
		if got := pin.hit([]byte(content)) != ""; got != want {
			t.Errorf("PIN in %q: %v, want %v", content, got, want)
		}
	}
}
