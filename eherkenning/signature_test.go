package eherkenning

import (
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"koppel/eherkenning/brokertest"
)

// TestSignatures varies who signs what and how.
func TestSignatures(t *testing.T) {
	w := newWorld(t)
	sign := func(change func(*brokertest.Signature)) func(*brokertest.Answer) {
		return func(a *brokertest.Answer) {
			change(&a.MessageSignature)
			change(&a.ResponseSignature)
			change(&a.AssertionSignature)
		}
	}
	none, foreign := brokertest.Key{}, keys()["stranger"]
	for _, test := range []struct {
		name   string
		change func(*brokertest.Answer)
		want   Reason
	}{
		{"nothing signed", sign(func(s *brokertest.Signature) { s.Key = none }), Unsigned},
		{"ArtifactResponse unsigned", func(a *brokertest.Answer) { a.MessageSignature.Key = none }, Unsigned},
		{"Response unsigned, as the scheme allows", func(a *brokertest.Answer) { a.ResponseSignature.Key = none }, ""},
		{"Assertion unsigned", func(a *brokertest.Answer) { a.AssertionSignature.Key = none }, Unsigned},
		{"ArtifactResponse by a stranger", func(a *brokertest.Answer) { a.MessageSignature.Key = foreign }, BadSignature},
		{"Response by a stranger", func(a *brokertest.Answer) { a.ResponseSignature.Key = foreign }, BadSignature},
		{"Assertion by a stranger", func(a *brokertest.Answer) { a.AssertionSignature.Key = foreign }, BadSignature},
		{"a stranger shows its certificate", sign(func(s *brokertest.Signature) { s.Key, s.ShowCertificate = foreign, true }), BadSignature},
		{"the broker shows its certificate", sign(func(s *brokertest.Signature) { s.ShowCertificate = true }), ""},
		{"the other certificate", sign(func(s *brokertest.Signature) { s.Key = keys()["broker 2"] }), ""},
		{"both certificates", func(a *brokertest.Answer) { a.AssertionSignature.Key = keys()["broker 2"] }, ""},
		{"SHA-1", sign(func(s *brokertest.Signature) { s.Method = brokertest.MethodRSASHA1 }), SignatureForm},
		{"SHA-1 inside", func(a *brokertest.Answer) { a.AssertionSignature.Method = brokertest.MethodRSASHA1 }, SignatureForm},
		{"without prefix list", sign(func(s *brokertest.Signature) { s.Prefixes = "" }), ""},
		{"prefix list inside only", func(a *brokertest.Answer) { a.MessageSignature.Prefixes = "" }, ""},
		{"prefix list outside only", func(a *brokertest.Answer) { a.AssertionSignature.Prefixes = "" }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.verify(test.change)
			wantReason(t, err, test.want)
		})
	}
}

// TestTampering changes elements after they were signed.
func TestTampering(t *testing.T) {
	w := newWorld(t)
	inside := func(tamper func(*etree.Element)) func(*brokertest.Answer) {
		return func(a *brokertest.Answer) { a.AssertionSignature.Tamper = tamper }
	}
	outside := func(tamper func(*etree.Element)) func(*brokertest.Answer) {
		return func(a *brokertest.Answer) { a.MessageSignature.Tamper = tamper }
	}
	algorithm := func(path, value string) func(*etree.Element) {
		return func(el *etree.Element) { find(t, el, "./Signature/SignedInfo"+path).CreateAttr("Algorithm", value) }
	}
	relevel := func(el *etree.Element) { find(t, el, ".//AuthnContextClassRef").SetText(brokertest.Level4) }
	inclusive := "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"

	for _, test := range []struct {
		name   string
		change func(*brokertest.Answer)
		want   Reason
	}{
		{"another level outside", outside(relevel), BadSignature},
		{"another level inside a good message", inside(relevel), BadSignature},
		{"another level inside a good Response", func(a *brokertest.Answer) { a.ResponseSignature.Tamper = relevel }, BadSignature},
		{"forged assertion before", outside(func(el *etree.Element) {
			assertion := find(t, el, "./Response/Assertion")
			assertion.Parent().InsertChildAt(assertion.Index(), stranger(assertion))
		}), BadSignature},
		{"another URI", outside(func(el *etree.Element) {
			find(t, el, "./Signature/SignedInfo/Reference").CreateAttr("URI", "#_other")
		}), SignatureForm},
		{"empty URI", outside(func(el *etree.Element) {
			find(t, el, "./Signature/SignedInfo/Reference").CreateAttr("URI", "")
		}), SignatureForm},
		{"two references", outside(func(el *etree.Element) {
			reference := find(t, el, "./Signature/SignedInfo/Reference")
			reference.Parent().AddChild(reference.Copy())
		}), SignatureForm},
		{"stranger in SignedInfo", outside(func(el *etree.Element) { find(t, el, "./Signature/SignedInfo").CreateElement("ds:Extra") }), SignatureForm},
		{"two SignedInfo", outside(func(el *etree.Element) {
			info := find(t, el, "./Signature/SignedInfo")
			info.Parent().AddChild(info.Copy())
		}), SignatureForm},
		{"two SignatureValue", outside(func(el *etree.Element) {
			value := find(t, el, "./Signature/SignatureValue")
			value.Parent().InsertChildAt(value.Index(), value.Copy())
		}), SignatureForm},
		{"no SignatureValue", outside(func(el *etree.Element) {
			value := find(t, el, "./Signature/SignatureValue")
			value.Parent().RemoveChild(value)
		}), SignatureForm},
		{"no DigestValue", outside(func(el *etree.Element) {
			value := find(t, el, "./Signature/SignedInfo/Reference/DigestValue")
			value.Parent().RemoveChild(value)
		}), SignatureForm},
		{"Object in the signature", outside(func(el *etree.Element) {
			find(t, el, "./Signature").CreateElement("ds:Object").AddChild(find(t, el, "./Response").Copy())
		}), Malformed}, // its ids are there twice
		{"empty Object in the signature", outside(func(el *etree.Element) { find(t, el, "./Signature").CreateElement("ds:Object") }), SignatureForm},
		{"comment in DigestValue", outside(func(el *etree.Element) {
			find(t, el, "./Signature/SignedInfo/Reference/DigestValue").CreateComment("x")
		}), Malformed},
		{"third transform", outside(func(el *etree.Element) {
			transform := find(t, el, "./Signature/SignedInfo/Reference/Transforms/Transform[2]")
			transform.Parent().AddChild(transform.Copy())
		}), SignatureForm},
		{"inclusive c14n of SignedInfo", outside(algorithm("/CanonicalizationMethod", inclusive)), SignatureForm},
		{"inclusive c14n of the message", outside(algorithm("/Reference/Transforms/Transform[2]", inclusive)), SignatureForm},
		{"with comments", outside(algorithm("/Reference/Transforms/Transform[2]", transformExclusive+"WithComments")), SignatureForm},
		{"no enveloped transform", outside(algorithm("/Reference/Transforms/Transform[1]", transformExclusive)), SignatureForm},
		{"HMAC", outside(algorithm("/SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")), SignatureForm},
		{"SHA-1 digest", outside(algorithm("/Reference/DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1")), SignatureForm},
		{"signature at the end", outside(func(el *etree.Element) { el.AddChild(find(t, el, "./Signature")) }), SignatureForm},
		{"two signatures", outside(func(el *etree.Element) {
			signature := find(t, el, "./Signature")
			el.InsertChildAt(signature.Index(), signature.Copy())
		}), SignatureForm},
		{"wrapped in a forged message", outside(wrap(t, false)), SignatureForm},
		{"wrapped in a forged message of the same id", outside(wrap(t, true)), Malformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.verify(test.change)
			wantReason(t, err, test.want)
		})
	}
}

// wrap puts a forged ArtifactResponse in the place of the true one, which moves into the forged one's extensions;
// the forged one carries the true signature.
func wrap(t *testing.T, sameID bool) func(*etree.Element) {
	return func(message *etree.Element) {
		body := message.Parent()
		forged := message.Copy()
		for _, part := range forged.FindElements("//") {
			dropIDs(part)
		}
		if !sameID {
			forged.CreateAttr("ID", "_forged")
		}
		find(t, forged, ".//AuthnContextClassRef").SetText(brokertest.Level4)
		body.RemoveChild(message)
		forged.CreateElement("samlp:Extensions").AddChild(message)
		body.AddChild(forged)
	}
}

func TestCertificatesInEitherOrder(t *testing.T) {
	for _, order := range [][]string{{"broker 1", "broker 2"}, {"broker 2", "broker 1"}} {
		w := newWorld(t, order...)
		for _, name := range order {
			_, err := w.verify(func(a *brokertest.Answer) {
				for _, s := range []*brokertest.Signature{&a.MessageSignature, &a.ResponseSignature, &a.AssertionSignature} {
					s.Key = keys()[name]
				}
			})
			if err != nil {
				t.Errorf("%s of %v: %v", name, order, err)
			}
		}
	}
}

func TestExpiredCertificate(t *testing.T) {
	w := newWorld(t, "broker 1")
	old := certificateValid(t, keys()["broker 1"], start.Add(-48*time.Hour), start.Add(-time.Second))
	next := certificateValid(t, keys()["broker 1"], start.Add(time.Hour), start.Add(48*time.Hour))
	w.sp.broker.Load().certificates[0] = old.Certificate
	_, err := w.verify(func(*brokertest.Answer) {})
	wantReason(t, err, CertificateExpired)
	w.sp.broker.Load().certificates[0] = next.Certificate
	_, err = w.verify(func(*brokertest.Answer) {})
	wantReason(t, err, CertificateExpired)
}

// TestPrefixWithTwoMeanings: unsigned surroundings bind a prefix of the signed part to something else.
func TestPrefixWithTwoMeanings(t *testing.T) {
	w := newWorld(t)
	envelope := string(w.envelope(func(*brokertest.Answer) {}))
	for _, prefix := range []string{"saml", "samlp", "ds", "xenc"} {
		rebound := strings.Replace(envelope, "<soap:Envelope ", `<soap:Envelope xmlns:`+prefix+`="urn:x" `, 1)
		if rebound == envelope {
			t.Fatal("nothing changed")
		}
		if _, err := w.sp.verify([]byte(rebound), requestID, "_resolve1"); err != nil {
			t.Errorf("%s: %v", prefix, err)
		}
	}
}

// TestPrefixReusedInside: a broker may bind one prefix to several namespaces within what it signs.
func TestPrefixReusedInside(t *testing.T) {
	_, err := newWorld(t).verify(unsigned(func(envelope *etree.Element) {
		subject := find(t, envelope, "//Response/Assertion/Subject")
		subject.CreateAttr("xmlns:samlp", nsAssertion)
		subject.Space = "samlp"
		for _, part := range subject.FindElements(".//*") {
			part.Space = "samlp"
		}
		find(t, envelope, "//Advice/Assertion/AttributeStatement").CreateAttr("xmlns:samlp", "urn:x")
	}))
	wantReason(t, err, "")
}

// TestDecoysInAdvice: the supplier's evidence names another person, and is never read.
func TestDecoysInAdvice(t *testing.T) {
	w := newWorld(t)
	var answer brokertest.Answer
	login, err := w.verify(func(a *brokertest.Answer) {
		a.BeforeSign = func(envelope *etree.Element) {
			decoys := find(t, envelope, "//Advice/Assertion/AttributeStatement")
			own := find(t, envelope, "//Response/Assertion/AttributeStatement")
			decoys.AddChild(renamed(t, own, "urn:etoegang:core:ServiceUUID", "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"))
		}
		answer = *a
	})
	if err != nil {
		t.Fatal(err)
	}
	if login.ActingSubject.Value != answer.Acting.Value {
		t.Errorf("acting subject %q, want %q", login.ActingSubject.Value, answer.Acting.Value)
	}
}

func renamed(t *testing.T, statement *etree.Element, from, to string) *etree.Element {
	attribute := find(t, statement, "./Attribute[@Name='"+from+"']").Copy()
	attribute.CreateAttr("Name", to)
	return attribute
}
