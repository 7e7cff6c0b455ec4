package foreign

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/beevik/etree"

	"koppel/eherkenning/brokertest"
	"koppel/onboarding"
)

const (
	encryption  = "http://www.w3.org/2001/04/xmlenc#"
	encryption2 = "http://www.w3.org/2009/xmlenc11#"
	signature   = "http://www.w3.org/2000/09/xmldsig#"
)

func jane() brokertest.Persona { return brokertest.Personas()[0] }

// TestWeAcceptWhatOthersWrite: answers of the eHerkenning shape, with KeyNames only, encrypted and signed by xmlsec1
// from the inside out.
func TestWeAcceptWhatOthersWrite(t *testing.T) {
	for _, c := range []cipher{
		{data: encryption + "aes256-cbc", session: "aes-256"},
		{data: encryption + "aes128-cbc", session: "aes-128"},
		{data: encryption2 + "aes256-gcm", session: "aes-256"},
		{data: encryption2 + "aes128-gcm", session: "aes-128", digest: signature + "sha1"},
	} {
		t.Run(c.data, func(t *testing.T) {
			login, err := newBench(t).login(c)
			if err != nil || login.Organisation != "90001234" || len(login.ActingSubject.Value) != 97 {
				t.Errorf("%+v, %v", login, err)
			}
		})
	}
}

type cipher struct{ data, session, digest string }

// login resolves an artifact at a broker that lets xmlsec1 do all its cryptography.
func (b *bench) login(c cipher) (onboarding.Login, error) {
	var broker *brokertest.Broker
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		request := etree.NewDocument()
		if err == nil {
			err = request.ReadFromBytes(text)
		}
		if err != nil {
			b.t.Error(err)
			return
		}
		resolve := request.FindElement("/Envelope/Body/ArtifactResolve")
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write(b.answer(broker, resolve.SelectAttrValue("ID", ""), c))
	}))
	defer server.Close()
	broker = b.broker("http://broker.example", server.URL)
	answer := broker.Answer("_request1", jane(), jane().Organisations[0])
	return b.provider(broker).Login(b.t.Context(), broker.HandOut(answer), "_request1")
}

// answer builds an ArtifactResponse in clear and unsigned, with templates, and lets xmlsec1 fill them.
func (b *bench) answer(broker *brokertest.Broker, resolveID string, c cipher) []byte {
	answer := broker.Answer("_request1", jane(), jane().Organisations[0])
	answer.ResolveID, answer.Decoy = resolveID, brokertest.Identifier{}
	answer.MessageSignature, answer.ResponseSignature, answer.AssertionSignature =
		brokertest.Signature{}, brokertest.Signature{}, brokertest.Signature{}
	identifiers := append([]brokertest.Identifier{answer.Acting}, answer.Legal...)
	answer.BeforeSign = func(envelope *etree.Element) {
		for i, encryptedID := range envelope.FindElements("//EncryptedID") {
			inClear(encryptedID, identifiers[i])
		}
		for _, name := range []string{"ArtifactResponse", "Response", "Assertion"} {
			element := envelope.FindElement("//" + name)
			element.InsertChildAt(element.SelectElement("Issuer").Index()+1, b.signatureTemplate(element.SelectAttrValue("ID", "")))
		}
	}
	envelope, err := broker.Build(answer)
	if err != nil {
		b.t.Fatal(err)
	}
	b.write("answer.xml", envelope)
	b.write("sealed.xml", c.template(b.ours.Name()))
	for i := range identifiers {
		b.encrypt(fmt.Sprintf(`(//*[local-name()="EncryptedID"])[%d]/*[local-name()="NameID"]`, i+1), c.session)
	}
	for _, name := range []string{"Assertion", "Response", "ArtifactResponse"} {
		b.sign(`//*[local-name()="` + name + `"]/*[local-name()="Signature"]`)
	}
	return b.read("answer.xml")
}

func inClear(encryptedID *etree.Element, identifier brokertest.Identifier) {
	encryptedID.Child = nil
	nameID := encryptedID.CreateElement("saml:NameID")
	nameID.CreateAttr("NameQualifier", identifier.Qualifier)
	nameID.SetText(identifier.Value)
}

func (b *bench) encrypt(node, session string) {
	b.t.Helper()
	b.run("xmlsec1", "--encrypt", "--pubkey-cert-pem:"+b.ours.Name(), "ours.pem", "--session-key", session,
		"--xml-data", "answer.xml", "--node-xpath", node, "--output", "next.xml", "sealed.xml")
	b.write("answer.xml", b.read("next.xml"))
}

func (b *bench) sign(node string) {
	b.t.Helper()
	arguments := []string{"--sign", "--privkey-pem:" + b.their.Name(), "their.pem"}
	for _, element := range []string{protocol + ":ArtifactResponse", protocol + ":Response", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"} {
		arguments = append(arguments, "--id-attr:ID", element)
	}
	b.run("xmlsec1", append(arguments, "--node-xpath", node, "--output", "next.xml", "answer.xml")...)
	b.write("answer.xml", b.read("next.xml"))
}

func (c cipher) template(keyName string) []byte {
	digest := ""
	if c.digest != "" {
		digest = `<ds:DigestMethod Algorithm="` + c.digest + `"/>`
	}
	return []byte(`<xenc:EncryptedData xmlns:xenc="` + encryption + `" xmlns:ds="` + signature + `" Type="` + encryption + `Element">
<xenc:EncryptionMethod Algorithm="` + c.data + `"/><ds:KeyInfo><xenc:EncryptedKey Recipient="` + providerID + `">
<xenc:EncryptionMethod Algorithm="` + encryption + `rsa-oaep-mgf1p">` + digest + `</xenc:EncryptionMethod>
<ds:KeyInfo><ds:KeyName>` + keyName + `</ds:KeyName></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData>
</xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>`)
}

func (b *bench) signatureTemplate(id string) *etree.Element {
	document := etree.NewDocument()
	err := document.ReadFromString(`<ds:Signature xmlns:ds="` + signature + `"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#` + id + `"><ds:Transforms>
<ds:Transform Algorithm="` + signature + `enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">
<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs xsi"/></ds:Transform></ds:Transforms>
<ds:DigestMethod Algorithm="` + encryption + `sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>
<ds:KeyInfo><ds:KeyName>` + b.their.Name() + `</ds:KeyName></ds:KeyInfo></ds:Signature>`)
	if err != nil {
		b.t.Fatal(err)
	}
	return document.Root()
}
