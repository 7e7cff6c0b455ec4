package brokertest

import (
	"bytes"
	"crypto/x509"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

func TestAnswerSaysWhoLoggedIn(t *testing.T) {
	w := newWorld(t, nil)
	message := w.resolve(w.login("jane", "").Artifact())
	assertion := message.FindElement("./Response/Assertion")
	if assertion == nil {
		t.Fatalf("no assertion in %s", write(t, message))
	}
	authority := Suppliers()[0].EntityID
	for path, want := range map[string]string{
		"./Issuer": EntityID,
		"./Conditions/AudienceRestriction/Audience":                                           providerID,
		"./AuthnStatement/AuthnContext/AuthnContextClassRef":                                  Level3,
		"./AuthnStatement/AuthnContext/AuthenticatingAuthority":                               authority,
		"./AttributeStatement/Attribute[@Name='" + attributeServiceID + "']/AttributeValue":   serviceID,
		"./AttributeStatement/Attribute[@Name='" + attributeServiceUUID + "']/AttributeValue": serviceUUID,
		"./AttributeStatement/Attribute[@Name='" + attributeCompanyName + "']/AttributeValue": "Stichting De Regenboog",
	} {
		if got := text(assertion, path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]string{
		"./@InResponseTo": "_resolve1", "./Response/@InResponseTo": requestID, "./Response/@Destination": acsURL,
		"./Response/Assertion/Subject/NameID/@NameQualifier":                                     authority,
		"./Response/Assertion/Subject/SubjectConfirmation/@Method":                               confirmationBearer,
		"./Response/Assertion/Subject/SubjectConfirmation/SubjectConfirmationData/@Recipient":    acsURL,
		"./Response/Assertion/Subject/SubjectConfirmation/SubjectConfirmationData/@InResponseTo": requestID,
		"./Response/Assertion/Subject/SubjectConfirmation/SubjectConfirmationData/@NotOnOrAfter": instant(start.Add(assertionLife)),
		"./Response/Assertion/Conditions/@NotBefore":                                             instant(start.Add(-clockSlack)),
	} {
		if got := attribute(message, path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	wantLegal := []Identifier{{QualifierKvK, "90001234"}, {QualifierRSIN, "999990019"}}
	if got := w.attribute(assertion, attributeLegal); !slices.Equal(got, wantLegal) {
		t.Errorf("LegalSubjectID %v, want %v", got, wantLegal)
	}
	if branch := assertion.FindElement("./AttributeStatement/Attribute[@Name='" + attributeBranch + "']"); branch != nil {
		t.Error("a mandate for the whole organisation has a branch")
	}
}

// attribute reads "path/@name".
func attribute(el *etree.Element, path string) string {
	parts := regexp.MustCompile(`^(.*)/@(.*)$`).FindStringSubmatch(path)
	found := el.FindElement(parts[1])
	if found == nil {
		return ""
	}
	return found.SelectAttrValue(parts[2], "")
}

func TestPseudonymIsStableAndOnePerOrganisation(t *testing.T) {
	acting := func(w *world, username, kvk string) string {
		assertion := w.resolve(w.login(username, kvk).Artifact()).FindElement("./Response/Assertion")
		found := w.attribute(assertion, attributeActing)
		if len(found) != 1 || found[0].Qualifier != QualifierPseudonym {
			t.Fatalf("ActingSubjectID %v", found)
		}
		decoy := w.attribute(assertion.FindElement("./Advice/Assertion"), attributeActing)
		if len(decoy) != 1 || decoy[0] == found[0] {
			t.Errorf("ActingSubjectID in Advice is %v, the true one %v", decoy, found)
		}
		return found[0].Value
	}
	w, restarted := newWorld(t, nil), newWorld(t, nil)
	first := acting(w, "wim", "90001234")
	if !regexp.MustCompile(`^[0-9A-F]{64}@[0-9A-F]{32}$`).MatchString(first) {
		t.Errorf("pseudonym %q", first)
	}
	if again := acting(restarted, "wim", "90001234"); again != first {
		t.Errorf("other pseudonym after a restart: %q, %q", first, again)
	}
	for _, other := range []string{acting(w, "wim", "90005678"), acting(w, "jane", "")} {
		if strings.Split(other, "@")[0] == strings.Split(first, "@")[0] {
			t.Errorf("%q is shared by different people or organisations", first)
		}
	}
}

func TestEverySignatureVerifies(t *testing.T) {
	w := newWorld(t, nil)
	message := w.resolve(w.login("jane", "").Artifact())
	advice, err := supplierKey()
	if err != nil {
		t.Fatal(err)
	}
	broker := w.broker.Keys()[0]
	for path, key := range map[string]Key{
		".": broker, "./Response": broker, "./Response/Assertion": broker, "./Response/Assertion/Advice/Assertion": advice,
	} {
		el := message.FindElement(path)
		if got := text(el, "./Signature/KeyInfo/KeyName"); got != key.Name() || el.FindElement("./Signature/KeyInfo/X509Data") != nil {
			t.Errorf("%s: KeyInfo names %q, want only KeyName %q", path, got, key.Name())
		}
		if got := el.ChildElements()[1].Tag; got != "Signature" {
			t.Errorf("%s: %s follows Issuer, the schema wants Signature", path, got)
		}
		if err := validate(t, el, key); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if err := validate(t, el, testKeys()["stranger"]); err == nil {
			t.Errorf("%s verifies with a foreign certificate", path)
		}
	}
	inclusive := message.FindElement("./Response/Assertion/Signature/SignedInfo/Reference/Transforms/Transform/InclusiveNamespaces")
	if inclusive == nil || inclusive.SelectAttrValue("PrefixList", "") != prefixList {
		t.Error("assertion signed without InclusiveNamespaces")
	}
}

func validate(t *testing.T, el *etree.Element, key Key) error {
	t.Helper()
	detached, err := detach(el)
	if err != nil {
		t.Fatal(err)
	}
	signature := detached.FindElement("./Signature")
	signature.RemoveChild(signature.FindElement("./KeyInfo"))
	context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{key.Certificate}})
	context.Clock = dsig.NewFakeClockAt(key.Certificate.NotBefore)
	_, err = context.Validate(detached)
	return err
}

func TestChangeMakesBadAnswers(t *testing.T) {
	foreign := testKeys()["stranger"]
	tests := []struct {
		name   string
		change func(*Answer)
		check  func(message *etree.Element) bool
	}{
		{"wrong audience", func(a *Answer) { a.Audience = "urn:other" },
			func(m *etree.Element) bool { return text(m, ".//Audience") == "urn:other" }},
		{"expired", func(a *Answer) { a.NotOnOrAfter = start.Add(-time.Hour) },
			func(m *etree.Element) bool {
				return attribute(m, ".//Conditions/@NotOnOrAfter") == instant(start.Add(-time.Hour))
			}},
		{"repeated assertion", func(a *Answer) { a.AssertionID = "_same" },
			func(m *etree.Element) bool { return attribute(m, ".//Response/Assertion/@ID") == "_same" }},
		{"wrong key recipient", func(a *Answer) { a.Encryption[0].EntityID = "urn:other" },
			func(m *etree.Element) bool { return attribute(m, ".//EncryptedKey/@Recipient") == "urn:other" }},
		{"two key recipients", func(a *Answer) { a.Encryption = append(a.Encryption, a.Encryption[0]) },
			func(m *etree.Element) bool { return len(m.FindElement(".//EncryptedID").ChildElements()) == 3 }},
		{"no confirmation", func(a *Answer) { a.Confirmation = "" },
			func(m *etree.Element) bool { return m.FindElement(".//SubjectConfirmation") == nil }},
		{"one branch", func(a *Answer) { a.Branch = "000012345678" },
			func(m *etree.Element) bool { return m.FindElement(".//Attribute[@Name='"+attributeBranch+"']") != nil }},
		{"second broker key", func(a *Answer) { a.MessageSignature.Key = testKeys()["broker 2"] },
			func(m *etree.Element) bool { return validate(t, m, testKeys()["broker 2"]) == nil }},
		{"foreign key", func(a *Answer) { a.MessageSignature.Key = foreign },
			func(m *etree.Element) bool { return validate(t, m, foreign) == nil }},
		{"SHA-1", func(a *Answer) { a.MessageSignature.Method = MethodRSASHA1 },
			func(m *etree.Element) bool {
				return attribute(m, "./Signature/SignedInfo/SignatureMethod/@Algorithm") == MethodRSASHA1
			}},
		{"with certificate", func(a *Answer) { a.MessageSignature.ShowCertificate = true },
			func(m *etree.Element) bool {
				return m.FindElement("./Signature/KeyInfo/X509Data/X509Certificate") != nil
			}},
		{"unsigned", func(a *Answer) { a.MessageSignature.Key = Key{} },
			func(m *etree.Element) bool { return m.FindElement("./Signature") == nil }},
		{"broken inner signature", func(a *Answer) {
			a.AssertionSignature.Tamper = func(el *etree.Element) { el.FindElement("./Conditions").CreateAttr("NotBefore", instant(start)) }
		}, func(m *etree.Element) bool {
			return validate(t, m, testKeys()["broker 1"]) == nil &&
				validate(t, m.FindElement("./Response/Assertion"), testKeys()["broker 1"]) != nil
		}},
		{"broken outer signature", func(a *Answer) {
			a.MessageSignature.Tamper = func(el *etree.Element) { el.FindElement("./Issuer").SetText("urn:other") }
		}, func(m *etree.Element) bool {
			return validate(t, m, testKeys()["broker 1"]) != nil &&
				validate(t, m.FindElement("./Response/Assertion"), testKeys()["broker 1"]) == nil
		}},
		{"prefixes declared on the envelope", func(a *Answer) {
			a.BeforeSign = func(envelope *etree.Element) {
				envelope.FindElement("./Body/ArtifactResponse").RemoveAttr("xmlns:xs")
				envelope.CreateAttr("xmlns:xs", nsSchema)
			}
		}, func(m *etree.Element) bool {
			return m.SelectAttr("xmlns:xs") == nil && validate(t, m, testKeys()["broker 1"]) == nil
		}},
		{"outage", func(a *Answer) { a.Status = []string{StatusResponder} },
			func(m *etree.Element) bool {
				return m.FindElement(".//Assertion") == nil && len(m.FindElements("./Response//StatusCode")) == 1
			}},
		{"request not supported", func(a *Answer) { a.Status = []string{StatusRequester, StatusRequestUnsupported} },
			func(m *etree.Element) bool {
				return attribute(m, "./Response/Status/StatusCode/StatusCode/@Value") == StatusRequestUnsupported
			}},
		{"empty", func(a *Answer) { a.Empty = true }, func(m *etree.Element) bool { return m.FindElement("./Response") == nil }},
	}
	var change func(*Answer)
	w := newWorld(t, func(o *Options) { o.Change = func(a *Answer) { change(a) } })
	answer := w.broker.Answer(requestID, Personas()[0], Personas()[0].Organisations[0])
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			change = func(*Answer) {}
			if test.check(w.resolve(w.broker.HandOut(answer))) {
				t.Fatal("the true answer looks like this too")
			}
			change = func(a *Answer) { a.Encryption = slices.Clone(a.Encryption); test.change(a) }
			if message := w.resolve(w.broker.HandOut(answer)); !test.check(message) {
				t.Errorf("got %s", write(t, message))
			}
		})
	}
}

func TestMetadata(t *testing.T) {
	w := newWorld(t, nil)
	root, err := parseXML(w.broker.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	if got := root.SelectAttrValue("entityID", ""); got != EntityID {
		t.Errorf("entityID %q", got)
	}
	if got := attribute(root, "./IDPSSODescriptor/SingleSignOnService/@Location"); got != w.base+"/sso" {
		t.Errorf("SSO at %q", got)
	}
	if got := attribute(root, "./IDPSSODescriptor/ArtifactResolutionService/@Location"); got != w.base+"/ars" {
		t.Errorf("resolution at %q", got)
	}
	names := root.FindElements("./IDPSSODescriptor/KeyDescriptor/KeyInfo/KeyName")
	if len(names) != 2 || names[0].Text() != testKeys()["broker 1"].Name() || names[1].Text() != testKeys()["broker 2"].Name() {
		t.Errorf("%d KeyNames", len(names))
	}
	if err := validate(t, root, testKeys()["broker 1"]); err != nil {
		t.Error(err)
	}
}

func TestKeySurvivesPEM(t *testing.T) {
	key := testKeys()["broker 1"]
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	if !read.Private.Equal(key.Private) || !bytes.Equal(read.Certificate.Raw, key.Certificate.Raw) {
		t.Error("another key came back")
	}
	if _, err := ParseKey(text[:len(text)/2]); err == nil {
		t.Error("half a file was accepted")
	}
}
