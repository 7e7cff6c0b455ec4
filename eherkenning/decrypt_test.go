package eherkenning

import (
	"strings"
	"testing"

	"github.com/beevik/etree"

	"koppel/eherkenning/brokertest"
)

// TestCiphers opens whatever brokers may send, in identifiers and in whole assertions.
func TestCiphers(t *testing.T) {
	w := newWorld(t)
	want, err := w.verify(func(*brokertest.Answer) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{"", brokertest.DataAES128CBC, brokertest.DataAES128GCM, brokertest.DataAES256GCM} {
		for _, key := range []brokertest.Ciphers{
			{},
			{Digest: brokertest.DigestSHA1, Nested: true},
			{Digest: brokertest.DigestSHA256},
			{Key: brokertest.KeyOAEP},
			{Key: brokertest.KeyOAEP, Digest: brokertest.DigestSHA256, Mask: brokertest.MaskSHA1},
			{Key: brokertest.KeyOAEP, Digest: brokertest.DigestSHA256, Mask: brokertest.MaskSHA256, Nested: true},
		} {
			for _, whole := range []bool{false, true} {
				ciphers := key
				ciphers.Data = data
				login, err := w.verify(func(a *brokertest.Answer) { a.Ciphers, a.EncryptAssertion = ciphers, whole })
				want.AssertionID, want.ExpiresAt = login.AssertionID, login.ExpiresAt
				if err != nil || login != want {
					t.Errorf("%+v, whole %v: %v, %+v", ciphers, whole, err, login)
				}
			}
		}
	}
}

// TestOwnKeyIsReplaced: while the broker takes over our new metadata, messages for the old key and for the new one
// arrive, and some for both.
func TestOwnKeyIsReplaced(t *testing.T) {
	w := newWorld(t)
	both := w.provider(func(s *Settings) { s.Decryption = []KeyPair{pair("provider"), pair("next")} })
	to := func(names ...string) func(*brokertest.Answer) {
		return func(a *brokertest.Answer) {
			a.ResolveID, a.Encryption = "_resolve1", nil
			for _, name := range names {
				a.Encryption = append(a.Encryption, brokertest.Recipient{EntityID: providerID,
					KeyName: keys()[name].Name(), Certificate: keys()[name].Certificate})
			}
		}
	}
	for _, test := range []struct {
		name   string
		change func(*brokertest.Answer)
		want   Reason
	}{
		{"for the present key", to("provider"), ""},
		{"for the next key", to("next"), ""},
		{"for both", to("next", "provider"), ""},
		{"for neither", to("stranger"), DecryptionFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := both.verify(w.envelope(test.change), requestID, "_resolve1")
			wantReason(t, err, test.want)
		})
	}
	_, err := w.sp.verify(w.envelope(to("next")), requestID, "_resolve1")
	wantReason(t, err, DecryptionFailed)
}

// TestClosedCiphers: what is not opened is refused before it is tried.
func TestClosedCiphers(t *testing.T) {
	w := newWorld(t)
	const encryptedID = "//Response/Assertion/AttributeStatement/Attribute[@Name='urn:etoegang:core:ActingSubjectID']/AttributeValue/EncryptedID"
	add := func(path, xml string) func(*brokertest.Answer) {
		return unsigned(func(envelope *etree.Element) { find(t, envelope, encryptedID+path).AddChild(parse(t, xml)) })
	}
	const method = "/EncryptedKey/EncryptionMethod"
	for _, test := range []struct {
		name   string
		change func(*brokertest.Answer)
	}{
		{"SHA-512 digest", func(a *brokertest.Answer) { a.Ciphers.Digest = "http://www.w3.org/2001/04/xmlenc#sha512" }},
		{"unknown mask", func(a *brokertest.Answer) { a.Ciphers = brokertest.Ciphers{Key: brokertest.KeyOAEP, Mask: "urn:x"} }},
		{"mask where SHA-1 is fixed", func(a *brokertest.Answer) { a.Ciphers.Mask = brokertest.MaskSHA1 }},
		{"two digests", func(a *brokertest.Answer) {
			a.Ciphers.Digest = brokertest.DigestSHA1
			add(method, `<d:DigestMethod xmlns:d="`+nsSignature+`" Algorithm="`+digestSHA1+`"/>`)(a)
		}},
		{"label", add(method, `<x:OAEPparams xmlns:x="`+nsEncryption+`">AAAA</x:OAEPparams>`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.verify(test.change)
			wantReason(t, err, UnknownAlgorithm)
		})
	}
}

// TestEncryptedAssertionRefusals: encrypting an assertion hides nothing from the checks.
func TestEncryptedAssertionRefusals(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name   string
		change func(*brokertest.Answer)
		want   Reason
	}{
		{"unsigned inside", func(a *brokertest.Answer) { a.AssertionSignature.Key = brokertest.Key{} }, Unsigned},
		{"a stranger's inside", func(a *brokertest.Answer) { a.AssertionSignature.Key = keys()["stranger"] }, BadSignature},
		{"changed inside", func(a *brokertest.Answer) {
			a.AssertionSignature.Tamper = func(el *etree.Element) { find(t, el, ".//AuthnContextClassRef").SetText(brokertest.Level4) }
		}, BadSignature},
		{"level too low", func(a *brokertest.Answer) { a.Level = brokertest.Level2Plus }, LevelTooLow},
		{"another inside it", func(a *brokertest.Answer) {
			a.AssertionSignature.Tamper = func(el *etree.Element) { el.AddChild(stranger(el)) }
		}, AssertionCount},
		{"something else inside", func(a *brokertest.Answer) {
			a.AssertionSignature.Tamper = func(el *etree.Element) { el.Space = "samlp" }
		}, AssertionCount},
		{"another beside it", func(a *brokertest.Answer) {
			a.ResponseSignature.Tamper = func(el *etree.Element) { el.AddChild(parse(t, `<s:Assertion xmlns:s="`+nsAssertion+`"/>`)) }
			a.ResponseSignature.Key = brokertest.Key{}
		}, AssertionCount},
		{"twice", func(a *brokertest.Answer) {
			a.ResponseSignature.Tamper = func(el *etree.Element) { el.AddChild(stranger(find(t, el, "./EncryptedAssertion"))) }
			a.ResponseSignature.Key = brokertest.Key{}
		}, AssertionCount},
		{"not for us", func(a *brokertest.Answer) { a.Encryption = nil }, DecryptionFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.verify(func(a *brokertest.Answer) { a.EncryptAssertion = true; test.change(a) })
			wantReason(t, err, test.want)
		})
	}
}

func TestIntermediaryOfAChainMandate(t *testing.T) {
	w := newWorld(t)
	office := brokertest.Identifier{Qualifier: brokertest.QualifierKvK, Value: "90007777"}
	rsin := brokertest.Identifier{Qualifier: brokertest.QualifierRSIN, Value: "999990019"}
	direct, err := w.verify(func(*brokertest.Answer) {})
	if err != nil || direct.Intermediary != "" {
		t.Errorf("intermediary %q of a direct mandate, %v", direct.Intermediary, err)
	}
	chained, err := w.verify(func(a *brokertest.Answer) { a.Intermediate = []brokertest.Identifier{rsin, office} })
	if err != nil || chained.Intermediary != "90007777" {
		t.Errorf("intermediary %q, %v", chained.Intermediary, err)
	}
	if strings.Join(chained.IdentityKey(), " ") != strings.Join(direct.IdentityKey(), " ") {
		t.Error("the intermediary makes another user")
	}
	_, err = w.verify(func(a *brokertest.Answer) {
		a.Intermediate = []brokertest.Identifier{office, {Qualifier: brokertest.QualifierKvK, Value: "90008888"}}
	})
	wantReason(t, err, NoOrganisation)
}
