package brokertest

import (
	"fmt"
	"time"

	"github.com/beevik/etree"
)

const (
	confirmationBearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	formatTransient    = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	formatPersistent   = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

	// prefixList names prefixes that are declared on the ArtifactResponse only, as brokers do it.
	prefixList = "xs xsi"
)

// Build writes the SOAP envelope with the ArtifactResponse that answer describes.
func (b *Broker) Build(answer Answer) ([]byte, error) {
	envelope := etree.NewElement("soap:Envelope")
	envelope.CreateAttr("xmlns:soap", nsSOAP)
	message := answer.addMessage(envelope.CreateElement("soap:Body"), b.options.Now())
	toSign := []signing{{message, answer.MessageSignature}}
	if !answer.Empty {
		response := answer.addResponse(message)
		toSign = append(toSign, signing{response, answer.ResponseSignature})
		if answer.succeeds() {
			assertion, err := answer.addAssertion(response)
			if err != nil {
				return nil, fmt.Errorf("build answer: %w", err)
			}
			toSign = append(toSign, signing{assertion, answer.AssertionSignature})
		}
	}
	if answer.BeforeSign != nil {
		answer.BeforeSign(envelope)
	}
	if err := answer.sign(toSign); err != nil {
		return nil, fmt.Errorf("build answer: %w", err)
	}
	text, err := serialise(envelope)
	if err == nil && answer.AfterBuild != nil {
		text = answer.AfterBuild(text)
	}
	return text, err
}

// sign signs from the inside out, and encrypts the assertion once it is signed.
func (a Answer) sign(elements []signing) error {
	for i := len(elements) - 1; i >= 0; i-- {
		if err := elements[i].signature.apply(elements[i].element); err != nil {
			return err
		}
		if a.EncryptAssertion && elements[i].element.Tag == "Assertion" {
			if err := a.encryptAssertion(elements[i].element); err != nil {
				return err
			}
		}
	}
	return nil
}

// encryptAssertion puts the assertion's text as it stands into an EncryptedAssertion in its place: it relies on
// prefixes that are declared around it.
func (a Answer) encryptAssertion(assertion *etree.Element) error {
	plaintext, err := serialise(assertion.Copy())
	if err != nil {
		return err
	}
	sealed := etree.NewElement("saml:EncryptedAssertion")
	assertion.Parent().InsertChildAt(assertion.Index(), sealed)
	assertion.Parent().RemoveChild(assertion)
	return a.Ciphers.seal(sealed, plaintext, a.Encryption)
}

type signing struct {
	element   *etree.Element
	signature Signature
}

func (a Answer) succeeds() bool { return len(a.Status) > 0 && a.Status[0] == StatusSuccess }

func (a Answer) addMessage(body *etree.Element, now time.Time) *etree.Element {
	message := body.CreateElement("samlp:ArtifactResponse")
	message.CreateAttr("xmlns:samlp", nsProtocol)
	message.CreateAttr("xmlns:saml", nsAssertion)
	message.CreateAttr("xmlns:xs", nsSchema)
	message.CreateAttr("xmlns:xsi", nsInstance)
	message.CreateAttr("ID", newID())
	message.CreateAttr("Version", "2.0")
	setInstant(message, "IssueInstant", now)
	setAttr(message, "InResponseTo", a.ResolveID)
	addText(message, "saml:Issuer", a.Issuer)
	addStatus(message, "", StatusSuccess)
	return message
}

func (a Answer) addResponse(message *etree.Element) *etree.Element {
	response := message.CreateElement("samlp:Response")
	setAttr(response, "ID", a.ResponseID)
	response.CreateAttr("Version", "2.0")
	setInstant(response, "IssueInstant", a.Issued)
	setAttr(response, "Destination", a.Destination)
	setAttr(response, "InResponseTo", a.RequestID)
	addText(response, "saml:Issuer", a.Issuer)
	addStatus(response, a.StatusMessage, a.Status...)
	return response
}

func addStatus(parent *etree.Element, message string, codes ...string) {
	status := parent.CreateElement("samlp:Status")
	outer := status
	for _, code := range codes {
		outer = outer.CreateElement("samlp:StatusCode")
		outer.CreateAttr("Value", code)
	}
	addText(status, "samlp:StatusMessage", message)
}

func (a Answer) addAssertion(response *etree.Element) (*etree.Element, error) {
	assertion := response.CreateElement("saml:Assertion")
	setAttr(assertion, "ID", a.AssertionID)
	assertion.CreateAttr("Version", "2.0")
	setInstant(assertion, "IssueInstant", a.Issued)
	addText(assertion, "saml:Issuer", a.Issuer)
	a.addSubject(assertion)
	a.addConditions(assertion)
	if err := a.addAdvice(assertion); err != nil {
		return nil, err
	}
	a.addAuthnStatement(assertion)
	return assertion, a.addAttributes(assertion)
}

func (a Answer) addSubject(assertion *etree.Element) {
	subject := assertion.CreateElement("saml:Subject")
	nameID := subject.CreateElement("saml:NameID")
	nameID.CreateAttr("Format", formatTransient)
	setAttr(nameID, "NameQualifier", a.Authority)
	nameID.SetText(a.NameID)
	if a.Confirmation == "" {
		return
	}
	confirmation := subject.CreateElement("saml:SubjectConfirmation")
	confirmation.CreateAttr("Method", a.Confirmation)
	data := confirmation.CreateElement("saml:SubjectConfirmationData")
	setAttr(data, "InResponseTo", a.RequestID)
	setInstant(data, "NotOnOrAfter", a.NotOnOrAfter)
	setAttr(data, "Recipient", a.Recipient)
}

func (a Answer) addConditions(assertion *etree.Element) {
	conditions := assertion.CreateElement("saml:Conditions")
	setInstant(conditions, "NotBefore", a.NotBefore)
	setInstant(conditions, "NotOnOrAfter", a.NotOnOrAfter)
	if a.Audience != "" {
		addText(conditions.CreateElement("saml:AudienceRestriction"), "saml:Audience", a.Audience)
	}
}

func (a Answer) addAuthnStatement(assertion *etree.Element) {
	statement := assertion.CreateElement("saml:AuthnStatement")
	setInstant(statement, "AuthnInstant", a.Issued)
	setAttr(statement, "SessionIndex", a.AssertionID)
	context := statement.CreateElement("saml:AuthnContext")
	addText(context, "saml:AuthnContextClassRef", a.Level)
	addText(context, "saml:AuthenticatingAuthority", a.Authority)
}
