package eherkenning

import (
	"testing"

	"koppel/onboarding"
)

func TestReadNameID(t *testing.T) {
	prefixes := map[string]string{"s": nsAssertion, "x": "urn:x", "": nsAssertion}
	kvk := onboarding.Subject{Type: "EntityConcernedID:KvKnr", Value: "90001234"}
	const qualifier = ` NameQualifier="urn:etoegang:1.9:EntityConcernedID:KvKnr"`
	for _, test := range []struct {
		name, plaintext string
		ok              bool
	}{
		{"declared", `<a:NameID xmlns:a="` + nsAssertion + `"` + qualifier + `>90001234</a:NameID>`, true},
		{"default namespace", `<NameID xmlns="` + nsAssertion + `"` + qualifier + `>90001234</NameID>`, true},
		{"prefix of the document around it", `<s:NameID` + qualifier + `>90001234</s:NameID>`, true},
		{"default of the document around it", `<NameID` + qualifier + `>90001234</NameID>`, true},
		{"blanks around", "<s:NameID" + qualifier + ">\n 90001234 \n</s:NameID>", true},
		{"other namespace", `<x:NameID` + qualifier + `>90001234</x:NameID>`, false},
		{"unknown prefix", `<y:NameID` + qualifier + `>90001234</y:NameID>`, false},
		{"own meaning of a known prefix", `<s:NameID xmlns:s="urn:x"` + qualifier + `>90001234</s:NameID>`, false},
		{"other element", `<s:BaseID` + qualifier + `>90001234</s:BaseID>`, false},
		{"element inside", `<s:NameID` + qualifier + `>9000<s:b/>1234</s:NameID>`, false},
		{"comment inside", `<s:NameID` + qualifier + `>9000<!-- -->1234</s:NameID>`, false},
		{"DOCTYPE", `<!DOCTYPE x><s:NameID` + qualifier + `>90001234</s:NameID>`, false},
		{"two roots", `<s:NameID` + qualifier + `>90001234</s:NameID><s:NameID/>`, false},
		{"text", `90001234`, false},
		{"nothing", ``, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			subject, err := readNameID([]byte(test.plaintext), prefixes)
			if test.ok && (err != nil || subject != kvk) || !test.ok && err == nil {
				t.Errorf("got %+v, %v; want ok %v", subject, err, test.ok)
			}
		})
	}
}

func TestPrefixesAt(t *testing.T) {
	inner := find(t, parse(t, `<a xmlns="urn:1" xmlns:x="urn:2"><b xmlns:x="urn:3" y="z"/></a>`), "./b")
	got := prefixesAt(inner)
	if len(got) != 2 || got[""] != "urn:1" || got["x"] != "urn:3" {
		t.Errorf("got %v", got)
	}
}
