package brokertest

import (
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Attack turns a true answer into one that a service provider must refuse.
type Attack struct {
	Row    string // S…: signatures, P…: XML, C…: content, D…: encryption
	Name   string
	Change func(*Answer)
}

// Attacks lists them by row. stranger is a key that no metadata names. Where a CVE is named, the attack has the shape
// of that fault in another library.
func Attacks(stranger Key) []Attack {
	all := signatureAttacks(stranger)
	all = append(all, wrappingAttacks()...)
	all = append(all, xmlAttacks()...)
	all = append(all, contentAttacks()...)
	return append(all, encryptionAttacks()...)
}

func signatureAttacks(stranger Key) []Attack {
	outer := func(tamper func(message *etree.Element)) func(*Answer) {
		return func(a *Answer) { a.MessageSignature.Tamper = tamper }
	}
	all := func(change func(*Signature)) func(*Answer) {
		return func(a *Answer) {
			change(&a.MessageSignature)
			change(&a.ResponseSignature)
			change(&a.AssertionSignature)
		}
	}
	algorithm := func(path, value string) func(*Answer) {
		return outer(func(m *etree.Element) { m.FindElement("./Signature/SignedInfo"+path).CreateAttr("Algorithm", value) })
	}
	return []Attack{
		{"S1", "nothing is signed", all(func(s *Signature) { s.Key = Key{} })},
		{"S1", "a stranger signs", all(func(s *Signature) { s.Key = stranger })},
		{"S1", "a stranger signs and shows its certificate", all(func(s *Signature) { s.Key, s.ShowCertificate = stranger, true })},
		{"S1", "changed after signing", outer(raiseLevel)},
		{"S1", "no SignatureValue", outer(remove("./Signature/SignatureValue"))},
		{"S1", "two SignatureValues", outer(double("./Signature/SignatureValue"))},
		{"S1", "no SignedInfo", outer(remove("./Signature/SignedInfo"))},
		{"S1", "two SignedInfos (CVE-2025-29774)", outer(double("./Signature/SignedInfo"))},
		{"S1", "comment in DigestValue (CVE-2025-29775)", outer(func(m *etree.Element) {
			m.FindElement("./Signature/SignedInfo/Reference/DigestValue").CreateComment("x")
		})},
		{"S4", "only the assertion is signed (CVE-2025-54419)", func(a *Answer) {
			a.MessageSignature.Key, a.ResponseSignature.Key = Key{}, Key{}
		}},
		{"S5", "RSA-SHA1", all(func(s *Signature) { s.Method = MethodRSASHA1 })},
		{"S5", "digest SHA-1", algorithm("/Reference/DigestMethod", DigestSHA1)},
		{"S5", "inclusive canonicalisation", algorithm("/CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")},
		{"S5", "canonicalisation with comments", algorithm("/CanonicalizationMethod", methodExclusive+"WithComments")},
		{"S5", "one transform more", outer(double("./Signature/SignedInfo/Reference/Transforms/Transform[2]"))},
		{"S5", "two References", outer(double("./Signature/SignedInfo/Reference"))},
		{"S5", "empty URI", outer(func(m *etree.Element) { m.FindElement("./Signature/SignedInfo/Reference").CreateAttr("URI", "") })},
		{"S6", "a third key while two are published", all(func(s *Signature) { s.Key = stranger })},
		{"S8", "assertion changed in a good message", func(a *Answer) { a.AssertionSignature.Tamper = raiseLevel }},
		{"S8", "assertion of a stranger in a good message", func(a *Answer) { a.AssertionSignature.Key = stranger }},
		{"S9", "prefix bound to something else in ds:Object", outer(func(m *etree.Element) {
			m.FindElement("./Signature").CreateElement("ds:Object").CreateAttr("xmlns:saml", "urn:x")
		})},
		{"S10", "attributes of a foreign namespace", beforeSign("//Assertion/AttributeStatement", func(el *etree.Element) {
			el.Space = "x"
			el.CreateAttr("xmlns:x", "urn:x")
		})},
	}
}

func xmlAttacks() []Attack {
	text := func(change func(text string) string) func(*Answer) {
		return func(a *Answer) { a.AfterBuild = func(text []byte) []byte { return []byte(change(string(text))) } }
	}
	const entities = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	return []Attack{
		{"P1", "comment in the NameID (ruby-saml CVE-2017-11428)", beforeSign("//Subject/NameID", func(el *etree.Element) { el.CreateComment("x") })},
		{"P1", "processing instruction", text(func(t string) string { return strings.Replace(t, "<soap:Body>", "<?x y?><soap:Body>", 1) })},
		{"P2", "DOCTYPE (CVE-2025-66567)", text(func(t string) string { return "<!DOCTYPE x>" + t })},
		{"P2", "external entity", text(func(t string) string { return `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + t })},
		{"P2", "entity bomb", text(func(t string) string { return entities + t })},
		{"P3", "second root (CVE-2020-7711)", text(func(t string) string { return t + "<a/>" })},
		{"P3", "text before the root", text(func(t string) string { return "x" + t })},
		{"P3", "UTF-16 is declared", text(func(t string) string { return `<?xml version="1.0" encoding="UTF-16"?>` + t })},
		{"P3", "NUL", text(func(t string) string { return strings.Replace(t, "<soap:Body>", "<soap:Body>\x00", 1) })},
		{"P3", "names that survive no round trip (CVE-2020-29509, CVE-2020-27846)", text(func(t string) string {
			return strings.Replace(t, "<soap:Body>", `<soap:Body x::ID="1" ::x="2">`, 1)
		})},
		{"P4", "nested too deep", text(func(t string) string { return strings.Repeat("<a>", 30_000) + t + strings.Repeat("</a>", 30_000) })},
		{"P4", "nested beyond all size", text(func(t string) string { return strings.Repeat("<a>", 1_000_000) + t })},
		{"P5", "thousands of siblings", text(func(t string) string {
			return strings.Replace(t, "<soap:Body>", strings.Repeat("<a/>", 40_000)+"<soap:Body>", 1)
		})},
		{"P5", "siblings beyond all size", text(func(t string) string {
			return strings.Replace(t, "<soap:Body>", strings.Repeat("<a/>", 200_000)+"<soap:Body>", 1)
		})},
	}
}

func contentAttacks() []Attack {
	const foreign = "urn:etoegang:DV:00000009999999990000:entities:9001"
	set := func(path, attribute, value string) func(*Answer) {
		return beforeSign(path, func(el *etree.Element) { el.CreateAttr(attribute, value) })
	}
	drop := func(path string) func(*Answer) {
		return beforeSign(path, func(el *etree.Element) { el.Parent().RemoveChild(el) })
	}
	return []Attack{
		{"C1", "for another audience", func(a *Answer) { a.Audience = foreign }},
		{"C1", "for another recipient", func(a *Answer) { a.Recipient += "2" }},
		{"C1", "for another destination", func(a *Answer) { a.Destination += "/" }},
		{"C1", "from another issuer", func(a *Answer) { a.Issuer = foreign }},
		{"C1", "to another request", func(a *Answer) { a.RequestID = "_other" }},
		{"C1", "status is not Success", func(a *Answer) { a.Status = []string{StatusResponder, StatusAuthnFailed} }},
		{"C2", "no audience", drop("//AudienceRestriction")},
		{"C2", "two restrictions of which one is foreign", beforeSign("//AudienceRestriction", func(el *etree.Element) {
			other := el.Copy()
			other.FindElement("./Audience").SetText(foreign)
			el.Parent().AddChild(other)
		})},
		{"C3", "no destination", func(a *Answer) { a.Destination = "" }},
		{"C3", "relative destination", func(a *Answer) { a.Destination = "/eherkenning/acs" }},
		{"C4", "unsolicited", func(a *Answer) { a.RequestID = "" }},
		{"C5", "expired", func(a *Answer) { a.NotOnOrAfter = a.Issued.Add(-150 * time.Second) }},
		{"C5", "begins later", func(a *Answer) { a.NotBefore = a.Issued.Add(150 * time.Second) }},
		{"C5", "issued a day ahead", func(a *Answer) { a.Issued = a.Issued.Add(24 * time.Hour) }},
		{"C5", "SAML 1.1", set("//Assertion", "Version", "1.1")},
		{"C6", "no confirmation", func(a *Answer) { a.Confirmation = "" }},
		{"C6", "sender vouches", func(a *Answer) { a.Confirmation = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches" }},
		{"C7", "no Subject", drop("//Subject")},
		{"C7", "no Conditions", drop("//Conditions")},
		{"C7", "no SubjectConfirmationData", drop("//SubjectConfirmationData")},
		{"C8", "level too low", func(a *Answer) { a.Level = Level2Plus }},
		{"C8", "no level", func(a *Answer) { a.Level = "" }},
		{"C8", "a level that nobody knows", func(a *Answer) { a.Level = "urn:etoegang:core:assurance-class:loa9" }},
	}
}

// raiseLevel is what somebody with a weak means would change.
func raiseLevel(element *etree.Element) {
	element.FindElement(".//AuthnContextClassRef").SetText(Level4)
}

func remove(path string) func(*etree.Element) {
	return func(message *etree.Element) {
		element := message.FindElement(path)
		element.Parent().RemoveChild(element)
	}
}

func double(path string) func(*etree.Element) {
	return func(message *etree.Element) {
		element := message.FindElement(path)
		element.Parent().InsertChildAt(element.Index(), element.Copy())
	}
}

// beforeSign changes an element of a message that is then signed well: by a broker that makes a mistake.
func beforeSign(path string, change func(*etree.Element)) func(*Answer) {
	return func(a *Answer) { a.BeforeSign = func(envelope *etree.Element) { change(envelope.FindElement(path)) } }
}
