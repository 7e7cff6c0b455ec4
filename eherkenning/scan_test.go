package eherkenning

import (
	"fmt"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	attributes := func(n int) string {
		var all strings.Builder
		for i := range n {
			fmt.Fprintf(&all, ` a%d=""`, i)
		}
		return "<a" + all.String() + "/>"
	}
	for _, test := range []struct {
		name, document string
		ok             bool
	}{
		{"plain", `<a><b/>text</a>`, true},
		{"XML declaration", `<?xml version="1.0" encoding="UTF-8"?>` + "\n<a/>\n", true},
		{"undeclared prefix, for fragments", `<saml:a/>`, true},
		{"CDATA", `<a><![CDATA[x]]></a>`, true},
		{"40 deep", strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40), true},
		{"1000 elements", "<a>" + strings.Repeat("<b/>", 999) + "</a>", true},
		{"64 attributes", attributes(64), true},

		{"nothing", ``, false},
		{"blanks", ` `, false},
		{"two roots", `<a/><b/>`, false},
		{"text before", `x<a/>`, false},
		{"text after", `<a/>x`, false},
		{"not closed", `<a>`, false},
		{"crossed", `<a><b></a></b>`, false},
		{"41 deep", strings.Repeat("<a>", 41) + strings.Repeat("</a>", 41), false},
		{"1001 elements", "<a>" + strings.Repeat("<b/>", 1000) + "</a>", false},
		{"65 attributes", attributes(65), false},
		{"DOCTYPE", `<!DOCTYPE a><a/>`, false},
		{"entity bomb", `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, false},
		{"unknown entity", `<a>&x;</a>`, false},
		{"comment", `<a><!-- x --></a>`, false},
		{"comment before", `<!-- x --><a/>`, false},
		{"processing instruction", `<a><?php x ?></a>`, false},
		{"stylesheet", `<?xml-stylesheet href="x"?><a/>`, false},
		{"second declaration", `<a><?xml version="1.0"?></a>`, false},
		{"UTF-16 declared", `<?xml version="1.0" encoding="UTF-16"?><a/>`, false},
		{"Latin-1", "<a>\xe9</a>", false},
		{"NUL", "<a>\x00</a>", false},
		{"same ID", `<a><b ID="1"/><c ID="1"/></a>`, false},
		{"same ID and Id", `<a ID="1"><c Id="1"/></a>`, false},
		{"same xml:id", `<a ID="1"><c xml:id="1"/></a>`, false},
		{"attribute twice", `<a ID="1" ID="2"/>`, false},
		{"attribute in two namespaces", `<a xmlns:x="urn:x" x:ID="1" ID="2"/>`, false},
		{"attribute and prefix", `<a xmlns:ID="urn:x" ID="2"/>`, false},
		{"name with colons", `<a:b:c/>`, false},
		{"name that begins with a colon", `<:a/>`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := scan([]byte(test.document)); (err == nil) != test.ok {
				t.Errorf("got %v, want ok %v", err, test.ok)
			}
		})
	}
}
