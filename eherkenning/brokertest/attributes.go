package brokertest

import (
	"fmt"
	"sync"
	"time"

	"github.com/beevik/etree"
)

// Attribute names.
const (
	attributeActing       = "urn:etoegang:core:ActingSubjectID"
	attributeLegal        = "urn:etoegang:core:LegalSubjectID"
	attributeIntermediate = "urn:etoegang:core:IntermediateSubjectID"
	attributeServiceID    = "urn:etoegang:core:ServiceID"
	attributeServiceUUID  = "urn:etoegang:core:ServiceUUID"
	attributeBranch       = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"
	attributeCompanyName  = "urn:etoegang:1.11:attribute-represented:CompanyName"

	// These two stand only in the supplier's own assertion, inside Advice.
	attributeRepresentation = "urn:etoegang:core:Representation"
	attributeRegistry       = "urn:etoegang:core:AuthorizationRegistryID"
	mandateRegistry         = "urn:etoegang:MR:00000003999999990000:entities:9001"
)

func (a Answer) addAttributes(assertion *etree.Element) error {
	statement := assertion.CreateElement("saml:AttributeStatement")
	addTextAttribute(statement, attributeServiceID, a.ServiceID)
	addTextAttribute(statement, attributeServiceUUID, a.ServiceUUID)
	addTextAttribute(statement, attributeBranch, a.Branch)
	addTextAttribute(statement, attributeCompanyName, a.CompanyName)
	if err := a.addEncrypted(statement, attributeActing, a.Acting); err != nil {
		return err
	}
	if err := a.addEncrypted(statement, attributeIntermediate, a.Intermediate...); err != nil {
		return err
	}
	return a.addEncrypted(statement, attributeLegal, a.Legal...)
}

func addTextAttribute(statement *etree.Element, name, value string) {
	if value == "" {
		return
	}
	attribute := statement.CreateElement("saml:Attribute")
	attribute.CreateAttr("Name", name)
	element := attribute.CreateElement("saml:AttributeValue")
	element.CreateAttr("xsi:type", "xs:string")
	element.SetText(value)
}

// addEncrypted adds one attribute with a value for each identifier; without identifiers it adds none.
func (a Answer) addEncrypted(statement *etree.Element, name string, identifiers ...Identifier) error {
	var attribute *etree.Element
	for _, identifier := range identifiers {
		if identifier == (Identifier{}) {
			continue
		}
		if attribute == nil {
			attribute = statement.CreateElement("saml:Attribute")
			attribute.CreateAttr("Name", name)
		}
		plaintext, err := identifier.nameID()
		if err != nil {
			return err
		}
		encrypted := attribute.CreateElement("saml:AttributeValue").CreateElement("saml:EncryptedID")
		if err := a.Ciphers.seal(encrypted, plaintext, a.Encryption); err != nil {
			return fmt.Errorf("attribute %s: %w", name, err)
		}
	}
	return nil
}

// supplierKey signs the assertion in Advice. A service provider has no means to check it, so one per process will do.
var supplierKey = sync.OnceValues(func() (Key, error) { return NewKey("supplier", time.Now()) })

// addAdvice adds the supplier's own assertion: evidence that nobody may read attributes from.
func (a Answer) addAdvice(assertion *etree.Element) error {
	if a.Decoy == (Identifier{}) {
		return nil
	}
	evidence := assertion.CreateElement("saml:Advice").CreateElement("saml:Assertion")
	evidence.CreateAttr("ID", newID())
	evidence.CreateAttr("Version", "2.0")
	setInstant(evidence, "IssueInstant", a.Issued)
	addText(evidence, "saml:Issuer", a.Authority)
	statement := evidence.CreateElement("saml:AttributeStatement")
	addTextAttribute(statement, attributeRepresentation, "true")
	addTextAttribute(statement, attributeRegistry, mandateRegistry)
	if err := a.addEncrypted(statement, attributeActing, a.Decoy); err != nil {
		return err
	}
	key, err := supplierKey()
	if err != nil {
		return err
	}
	return Signature{Key: key, Method: MethodRSASHA256}.apply(evidence)
}
