package eherkenning

import (
	"strings"
	"testing"

	"github.com/beevik/etree"

	"koppel/eherkenning/brokertest"
	"koppel/onboarding"
)

// FuzzLogin gives the verifier arbitrary envelopes, and arbitrary assertions that the broker has signed well, so
// that the code behind the signatures is reached too. Nothing may panic, and only our own identity may come out.
func FuzzLogin(f *testing.F) {
	w := newWorld(f)
	good := w.envelope(func(*brokertest.Answer) {})
	document := etree.NewDocument()
	if err := document.ReadFromBytes(good); err != nil {
		f.Fatal(err)
	}
	assertion := etree.NewDocumentWithRoot(find(f, &document.Element, "//Response/Assertion").Copy())
	text, err := assertion.WriteToString()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(good), false)
	f.Add(fault, false)
	f.Add(`<?xml version="1.0"?><a ID="1"><b ID="1"/></a>`, false)
	f.Add(text, true)
	f.Add(strings.ReplaceAll(text, "saml:", ""), true)
	f.Add(`<saml:Assertion ID="_1"><saml:Issuer/></saml:Assertion>`, true)

	f.Fuzz(func(t *testing.T, text string, sign bool) {
		envelope := []byte(text)
		if sign {
			if envelope = w.signed(text); envelope == nil {
				t.Skip()
			}
		}
		login, err := w.sp.verify(envelope, requestID, "_resolve1")
		if (err == nil) == (login == onboarding.Login{}) {
			t.Errorf("login %+v, error %v", login, err)
		}
		if err == nil && login.Organisation != "90001234" && !sign {
			t.Errorf("login %+v out of nothing", login)
		}
	})
}

// signed puts an assertion into an answer that the broker signs; nil when the text cannot be that.
func (w *world) signed(assertion string) []byte {
	document := etree.NewDocument()
	if document.ReadFromString(assertion) != nil || document.Root() == nil {
		return nil
	}
	answer := w.answer()
	answer.ResolveID = "_resolve1"
	answer.AssertionSignature = brokertest.Signature{Tamper: func(placeholder *etree.Element) {
		response := placeholder.Parent()
		response.RemoveChild(placeholder)
		response.AddChild(document.Root().Copy())
	}}
	envelope, err := w.broker.Build(answer)
	if err != nil {
		return nil
	}
	return envelope
}
