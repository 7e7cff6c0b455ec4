package eherkenning

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"koppel/eherkenning/brokertest"
)

const minute = time.Minute

// TestRefusals changes one thing in a true answer, which the broker then signs as usual.
func TestRefusals(t *testing.T) {
	w := newWorld(t)
	other := "urn:etoegang:DV:00000001999999990000:entities:9002"
	edit := func(path string, change func(*etree.Element)) func(*brokertest.Answer) {
		return unsigned(func(envelope *etree.Element) { change(find(t, envelope, path)) })
	}
	set := func(path, attribute, value string) func(*brokertest.Answer) {
		return edit(path, func(el *etree.Element) { el.CreateAttr(attribute, value) })
	}
	text := func(path, value string) func(*brokertest.Answer) {
		return edit(path, func(el *etree.Element) { el.SetText(value) })
	}
	remove := func(path string) func(*brokertest.Answer) {
		return edit(path, func(el *etree.Element) { el.Parent().RemoveChild(el) })
	}
	double := func(path string) func(*brokertest.Answer) {
		return edit(path, func(el *etree.Element) { el.Parent().InsertChildAt(el.Index(), el.Copy()) })
	}
	add := func(path, xml string) func(*brokertest.Answer) {
		return edit(path, func(el *etree.Element) { el.AddChild(parse(t, xml)) })
	}
	status := func(codes ...string) func(*brokertest.Answer) {
		return func(a *brokertest.Answer) { a.Status = codes }
	}

	for _, test := range []struct {
		name   string
		change func(*brokertest.Answer)
		want   Reason
	}{
		{"true answer", func(*brokertest.Answer) {}, ""},
		{"no Response", func(a *brokertest.Answer) { a.Empty = true }, EmptyResponse},
		{"two Responses", edit("//Response", func(el *etree.Element) {
			first := stranger(el)
			find(t, first, "./Status/StatusCode").CreateAttr("Value", brokertest.StatusResponder)
			el.Parent().InsertChildAt(el.Index(), first)
		}), Malformed},
		{"status of the ArtifactResponse", set("//ArtifactResponse/Status/StatusCode", "Value", brokertest.StatusResponder), BrokerFailed},

		{"cancel", status(brokertest.StatusResponder, brokertest.StatusAuthnFailed), Cancelled},
		{"broker fault", status(brokertest.StatusResponder), BrokerFailed},
		{"request unsupported", status(brokertest.StatusRequester, brokertest.StatusRequestUnsupported), RequestRefused},
		{"requester", status(brokertest.StatusRequester), RequestRefused},
		{"unsupported by the responder", status(brokertest.StatusResponder, brokertest.StatusRequestUnsupported), RequestRefused},
		{"status of another scheme", status("urn:example:Fine"), BrokerFailed},
		{"two statuses", double("//Response/Status"), Malformed},

		{"resolve of another artifact", func(a *brokertest.Answer) { a.ResolveID = "_other" }, WrongRequest},
		{"resolve not named", func(a *brokertest.Answer) { a.ResolveID = "" }, WrongRequest},
		{"another request", func(a *brokertest.Answer) { a.RequestID = "_other" }, WrongRequest},
		{"unsolicited", func(a *brokertest.Answer) { a.RequestID = "" }, WrongRequest},
		{"Response to another request", set("//Response", "InResponseTo", "_other"), WrongRequest},
		{"confirmation of another request", set("//SubjectConfirmationData", "InResponseTo", "_other"), WrongRequest},

		{"another issuer", func(a *brokertest.Answer) { a.Issuer = other }, WrongIssuer},
		{"another issuer of the ArtifactResponse", text("//ArtifactResponse/Issuer", other), WrongIssuer},
		{"another issuer of the Response", text("//Response/Issuer", other), WrongIssuer},
		{"another issuer of the Assertion", text("//Response/Assertion/Issuer", other), WrongIssuer},
		{"Response without issuer", remove("//Response/Issuer"), SignatureForm},
		{"two issuers", double("//Assertion/Issuer"), WrongIssuer},

		{"SAML 1.1 ArtifactResponse", set("//ArtifactResponse", "Version", "1.1"), WrongVersion},
		{"SAML 1.1 Response", set("//Response", "Version", "1.1"), WrongVersion},
		{"SAML 1.1 Assertion", set("//Response/Assertion", "Version", "1.1"), WrongVersion},

		{"another destination", func(a *brokertest.Answer) { a.Destination = acsURL + "/" }, WrongDestination},
		{"relative destination", func(a *brokertest.Answer) { a.Destination = "/eherkenning/acs" }, WrongDestination},
		{"no destination", func(a *brokertest.Answer) { a.Destination = "" }, WrongDestination},
		{"another recipient", func(a *brokertest.Answer) { a.Recipient = acsURL + "2" }, WrongRecipient},
		{"no recipient", func(a *brokertest.Answer) { a.Recipient = "" }, WrongRecipient},

		{"another audience", func(a *brokertest.Answer) { a.Audience = other }, WrongAudience},
		{"no audience", func(a *brokertest.Answer) { a.Audience = "" }, WrongAudience},
		{"empty restriction", remove("//Audience"), WrongAudience},
		{"two restrictions, one foreign", edit("//AudienceRestriction", func(el *etree.Element) {
			foreign := el.Copy()
			find(t, foreign, "./Audience").SetText(other)
			el.Parent().AddChild(foreign)
		}), WrongAudience},
		{"two audiences, one ours", add("//AudienceRestriction", `<s:Audience xmlns:s="`+nsAssertion+`">x</s:Audience>`), ""},
		{"unknown condition", add("//Conditions", `<x:OnlyOnMondays xmlns:x="urn:x"/>`), BadConditions},
		{"used once, said so", add("//Conditions", `<s:OneTimeUse xmlns:s="`+nsAssertion+`"/>`), ""},
		{"no conditions", remove("//Conditions"), BadConditions},
		{"two conditions", double("//Conditions"), BadConditions},

		{"ended within the skew", func(a *brokertest.Answer) { a.NotOnOrAfter = start.Add(-59 * time.Second) }, ""},
		{"ended", func(a *brokertest.Answer) { a.NotOnOrAfter = start.Add(-60 * time.Second) }, Expired},
		{"no end", func(a *brokertest.Answer) { a.NotOnOrAfter = time.Time{} }, Expired},
		{"conditions ended", set("//Conditions", "NotOnOrAfter", instant(-2*minute)), Expired},
		{"confirmation ended", set("//SubjectConfirmationData", "NotOnOrAfter", instant(-2*minute)), Expired},
		{"begins within the skew", func(a *brokertest.Answer) { a.NotBefore = start.Add(60 * time.Second) }, ""},
		{"begins later", func(a *brokertest.Answer) { a.NotBefore = start.Add(61 * time.Second) }, NotYetValid},
		{"confirmation begins later", set("//SubjectConfirmationData", "NotBefore", instant(2*minute)), NotYetValid},
		{"issued a day ahead", func(a *brokertest.Answer) { a.Issued = start.Add(24 * time.Hour) }, NotYetValid},
		{"issued long ago", func(a *brokertest.Answer) { a.Issued = start.Add(-151 * time.Second) }, Expired},
		{"ArtifactResponse issued ahead", set("//ArtifactResponse", "IssueInstant", instant(2*minute)), NotYetValid},
		{"ArtifactResponse issued long ago", set("//ArtifactResponse", "IssueInstant", instant(-3*minute)), Expired},
		{"Response issued ahead", set("//Response", "IssueInstant", instant(2*minute)), NotYetValid},
		{"Response issued long ago", set("//Response", "IssueInstant", instant(-3*minute)), Expired},
		{"Assertion issued ahead", set("//Response/Assertion", "IssueInstant", instant(2*minute)), NotYetValid},
		{"Assertion issued long ago", set("//Response/Assertion", "IssueInstant", instant(-3*minute)), Expired},
		{"logged in ahead", set("//AuthnStatement", "AuthnInstant", instant(2*minute)), NotYetValid},
		{"logged in too long ago", set("//AuthnStatement", "AuthnInstant", instant(-17*minute)), AuthenticationTooOld},
		{"a time that is none", set("//Conditions", "NotOnOrAfter", "tomorrow"), Malformed},

		{"no confirmation", func(a *brokertest.Answer) { a.Confirmation = "" }, BadConfirmation},
		{"sender vouches", func(a *brokertest.Answer) { a.Confirmation = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches" }, BadConfirmation},
		{"two confirmations", double("//SubjectConfirmation"), BadConfirmation},
		{"no confirmation data", remove("//SubjectConfirmationData"), BadConfirmation},
		{"no subject", remove("//Subject"), BadConfirmation},
		{"two subjects", double("//Subject"), BadConfirmation},

		{"no AuthnStatement", remove("//AuthnStatement"), BadAuthentication},
		{"two AuthnStatements", double("//AuthnStatement"), BadAuthentication},
		{"no level", func(a *brokertest.Answer) { a.Level = "" }, UnknownLevel},
		{"two levels", double("//AuthnContextClassRef"), UnknownLevel},
		{"unknown level", func(a *brokertest.Answer) { a.Level = "urn:etoegang:core:assurance-class:loa5" }, UnknownLevel},
		{"EH2+", func(a *brokertest.Answer) { a.Level = brokertest.Level2Plus }, LevelTooLow},
		{"EH4", func(a *brokertest.Answer) { a.Level = brokertest.Level4 }, ""},

		{"another service", func(a *brokertest.Answer) { a.ServiceUUID = "00000000-0a4e-4f7b-9a55-5d2f8f0c1e77" }, WrongService},
		{"no service", func(a *brokertest.Answer) { a.ServiceUUID = "" }, WrongService},
		{"service in capitals", func(a *brokertest.Answer) { a.ServiceUUID = strings.ToUpper(serviceUUID) }, ""},
		{"another service id", func(a *brokertest.Answer) { a.ServiceID = "urn:etoegang:DV:00000001999999990000:services:9009" }, WrongService},
		{"no service id", func(a *brokertest.Answer) { a.ServiceID = "" }, ""},
		{"one branch", func(a *brokertest.Answer) { a.Branch = "000012345678" }, BranchRestricted},
		{"attributes of a foreign namespace", edit("//Response/Assertion/AttributeStatement", func(el *etree.Element) {
			el.Space = "x"
			el.CreateAttr("xmlns:x", "urn:x")
		}), WrongService},

		{"no assertion", func(a *brokertest.Answer) {
			a.AssertionSignature.Tamper = func(assertion *etree.Element) { assertion.Parent().RemoveChild(assertion) }
		}, AssertionCount},
		{"two assertions", edit("//Response/Assertion", func(el *etree.Element) { el.Parent().AddChild(stranger(el)) }), AssertionCount},
		{"assertion beside the Response", edit("//Response/Assertion", func(el *etree.Element) { el.Parent().Parent().AddChild(stranger(el)) }), AssertionCount},
		{"assertion in extensions", edit("//Response", func(el *etree.Element) {
			extensions := el.CreateElement("samlp:Extensions")
			extensions.AddChild(stranger(find(t, el, "./Assertion")))
		}), AssertionCount},
		{"the same id twice", double("//Response/Assertion"), Malformed},
		{"comment in a name", edit("//Subject/NameID", func(el *etree.Element) { el.CreateComment("x") }), Malformed},
		{"foreign ID attribute", edit("//Response/Assertion", func(el *etree.Element) {
			el.CreateAttr("xmlns:x", "urn:x")
			el.CreateAttr("x:ID", "_forged")
		}), Malformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			login, err := w.verify(test.change)
			wantReason(t, err, test.want)
			if (login.AssertionID != "") != (test.want == "") {
				t.Errorf("login %+v", login)
			}
		})
	}
}

// TestIdentifierRefusals changes the encrypted identifiers.
func TestIdentifierRefusals(t *testing.T) {
	w := newWorld(t)
	acting := "//Response/Assertion/AttributeStatement/Attribute[@Name='urn:etoegang:core:ActingSubjectID']"
	edit := func(path string, change func(*etree.Element)) func(*brokertest.Answer) {
		return unsigned(func(envelope *etree.Element) { change(find(t, envelope, acting+path)) })
	}
	cipher := func(path string, change func([]byte) []byte) func(*brokertest.Answer) {
		return edit(path+"/CipherData/CipherValue", func(el *etree.Element) {
			raw, err := base64.StdEncoding.DecodeString(el.Text())
			if err != nil {
				t.Fatal(err)
			}
			el.SetText(base64.StdEncoding.EncodeToString(change(raw)))
		})
	}
	set := func(path, value string) func(*brokertest.Answer) {
		return edit(path, func(el *etree.Element) { el.CreateAttr("Algorithm", value) })
	}
	legal := func(identifiers ...brokertest.Identifier) func(*brokertest.Answer) {
		return func(a *brokertest.Answer) { a.Legal = identifiers }
	}
	actor := func(qualifier, value string) func(*brokertest.Answer) {
		return func(a *brokertest.Answer) { a.Acting = brokertest.Identifier{Qualifier: qualifier, Value: value} }
	}
	kvk := brokertest.Identifier{Qualifier: brokertest.QualifierKvK, Value: "90001234"}
	rsin := brokertest.Identifier{Qualifier: brokertest.QualifierRSIN, Value: "999990019"}
	pseudonym := strings.Repeat("ab", 32) + "@" + strings.Repeat("CD", 16)
	data, key := "/AttributeValue/EncryptedID/EncryptedData", "/AttributeValue/EncryptedID/EncryptedKey"

	for _, test := range []struct {
		name   string
		change func(*brokertest.Answer)
		want   Reason
	}{
		{"no actor", func(a *brokertest.Answer) { a.Acting = brokertest.Identifier{} }, NoActingSubject},
		{"older qualifier, lower case", actor("urn:etoegang:1.9:EntityConcernedID:Pseudo", pseudonym), ""},
		{"citizen", actor("urn:etoegang:1.12:EntityConcernedID:BSN", pseudonym), NoActingSubject},
		{"no qualifier", actor("", pseudonym), NoActingSubject},
		{"qualifier outside the scheme", actor("EntityConcernedID:Pseudo", pseudonym), NoActingSubject},
		{"empty pseudonym", actor(brokertest.QualifierPseudonym, ""), NoActingSubject},
		{"short pseudonym", actor(brokertest.QualifierPseudonym, "AB"), NoActingSubject},
		{"pseudonym with blanks", actor(brokertest.QualifierPseudonym, pseudonym[:40]+" "+pseudonym[40:]), NoActingSubject},
		{"two actors", edit("/AttributeValue", func(el *etree.Element) {
			second := stranger(el)
			second.RemoveAttr("ID")
			el.Parent().AddChild(second)
		}), NoActingSubject},
		{"actor in clear", edit("/AttributeValue", func(el *etree.Element) { el.Child = nil; el.SetText(pseudonym) }), DecryptionFailed},

		{"no organisation", legal(), NoOrganisation},
		{"only RSIN", legal(rsin), NoOrganisation},
		{"RSIN first", legal(rsin, kvk), ""},
		{"an organisation that is not for us", unsigned(func(envelope *etree.Element) {
			key := find(t, envelope, "//Response/Assertion/AttributeStatement/Attribute[@Name='urn:etoegang:core:LegalSubjectID']/AttributeValue/EncryptedID/EncryptedKey")
			key.CreateAttr("Recipient", "urn:etoegang:AD:1")
			key.RemoveChild(find(t, key, "./KeyInfo"))
		}), DecryptionFailed},
		{"the same number twice", legal(kvk, kvk), ""},
		{"two numbers", legal(kvk, brokertest.Identifier{Qualifier: brokertest.QualifierKvK, Value: "90005678"}), NoOrganisation},
		{"seven digits", legal(brokertest.Identifier{Qualifier: brokertest.QualifierKvK, Value: "9000123"}), NoOrganisation},

		{"RSA 1.5", set(key+"/EncryptionMethod", "http://www.w3.org/2001/04/xmlenc#rsa-1_5"), UnknownAlgorithm},
		{"3DES", set(data+"/EncryptionMethod", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"), UnknownAlgorithm},
		{"no method", edit(data, func(el *etree.Element) { el.RemoveChild(el.SelectElement("EncryptionMethod")) }), UnknownAlgorithm},
		{"two methods", edit(data, func(el *etree.Element) { el.AddChild(el.SelectElement("EncryptionMethod").Copy()) }), UnknownAlgorithm},

		{"half a block", cipher(data, func(raw []byte) []byte { return raw[:len(raw)-8] }), DecryptionFailed},
		{"only an initialisation vector", cipher(data, func(raw []byte) []byte { return raw[:16] }), DecryptionFailed},
		{"no ciphertext", cipher(data, func([]byte) []byte { return nil }), DecryptionFailed},
		{"flipped bit", cipher(data, func(raw []byte) []byte { raw[20] ^= 1; return raw }), DecryptionFailed},
		{"short key", cipher(key, func(raw []byte) []byte { return raw[:100] }), DecryptionFailed},
		{"no CipherData", edit(data, func(el *etree.Element) { el.RemoveChild(el.SelectElement("CipherData")) }), DecryptionFailed},
		{"no EncryptedData", edit("/AttributeValue/EncryptedID", func(el *etree.Element) { el.RemoveChild(el.SelectElement("EncryptedData")) }), DecryptionFailed},
		{"no EncryptedKey", edit("/AttributeValue/EncryptedID", func(el *etree.Element) { el.RemoveChild(el.SelectElement("EncryptedKey")) }), DecryptionFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.verify(test.change)
			wantReason(t, err, test.want)
		})
	}
}

// TestChoiceOfKey has keys for several readers, of which one is ours.
func TestChoiceOfKey(t *testing.T) {
	w := newWorld(t)
	provider := keys()["provider"]
	ours := brokertest.Recipient{EntityID: providerID, KeyName: provider.Name(), Certificate: provider.Certificate}
	other := brokertest.Recipient{EntityID: "urn:etoegang:AD:1", KeyName: "other", Certificate: keys()["stranger"].Certificate}
	byName, nameless := ours, ours
	byName.EntityID = ""
	nameless.EntityID, nameless.KeyName = "", ""
	for _, test := range []struct {
		name       string
		recipients []brokertest.Recipient
		want       Reason
	}{
		{"first", []brokertest.Recipient{ours, other}, ""},
		{"last", []brokertest.Recipient{other, ours}, ""},
		{"by name", []brokertest.Recipient{other, byName}, ""},
		{"only one, without names", []brokertest.Recipient{nameless}, ""},
		{"several without names", []brokertest.Recipient{nameless, nameless}, DecryptionFailed},
		{"not for us", []brokertest.Recipient{other}, DecryptionFailed},
		{"nobody", nil, DecryptionFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.verify(func(a *brokertest.Answer) { a.Encryption = test.recipients })
			wantReason(t, err, test.want)
		})
	}
}

func TestKeyNestedInTheData(t *testing.T) {
	_, err := newWorld(t).verify(unsigned(func(envelope *etree.Element) {
		for _, encryptedID := range envelope.FindElements("//EncryptedID") {
			key := encryptedID.SelectElement("EncryptedKey")
			encryptedID.RemoveChild(key)
			encryptedID.FindElement("./EncryptedData/KeyInfo").AddChild(key)
		}
	}))
	wantReason(t, err, "")
}

func parse(t *testing.T, xml string) *etree.Element {
	t.Helper()
	document := etree.NewDocument()
	if err := document.ReadFromString(xml); err != nil {
		t.Fatal(err)
	}
	return document.Root()
}

// stranger is a copy of an element under other ids.
func stranger(element *etree.Element) *etree.Element {
	other := element.Copy()
	for _, part := range other.FindElements("//") {
		dropIDs(part)
	}
	other.CreateAttr("ID", "_stranger")
	return other
}

func dropIDs(element *etree.Element) {
	element.RemoveAttr("ID")
	element.RemoveAttr("Id")
}

func instant(after time.Duration) string { return start.Add(after).Format(time.RFC3339) }
