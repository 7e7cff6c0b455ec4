package eherkenning

import (
	"fmt"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
)

const (
	nsCatalogue      = "urn:etoegang:1.13:service-catalog"
	catalogueVersion = "urn:etoegang:1.13:53"
	dutch            = "nl"

	attributeCompanyName = "urn:etoegang:1.11:attribute-represented:CompanyName"
)

// Publication is what the broker is told of us besides the Settings. All texts are Dutch, as users read them.
type Publication struct {
	ID                 string // of the document, an xs:ID
	IssuedAt           time.Time
	OrganisationName   string // at most 64 characters
	OrganisationURL    string
	ContactEmail       string
	ContactPhone       string
	ServiceName        string // at most 64 characters
	ServiceDescription string // at most 1024 characters
	ServiceURL         string
	PrivacyURL         string
	ServiceInstance    string // UUID of our instance of the service
	OIN                string // ours, 20 digits
	BrokerOIN          string
}

// Metadata writes our signed EntityDescriptor: what the scheme lists, and nothing else (Afsprakenstelsel: DV metadata
// for HM). Of Settings it uses EntityID, ServiceID, ACSURL, Signing and the first of Decryption.
func Metadata(s Settings, p Publication) ([]byte, error) {
	root := etree.NewElement("md:EntityDescriptor")
	root.CreateAttr("xmlns:md", nsMetadata)
	root.CreateAttr("xmlns:ds", nsSignature)
	root.CreateAttr("ID", p.ID)
	root.CreateAttr("entityID", s.EntityID)
	role := root.CreateElement("md:SPSSODescriptor")
	role.CreateAttr("AuthnRequestsSigned", "true")
	role.CreateAttr("WantAssertionsSigned", "true")
	role.CreateAttr("protocolSupportEnumeration", nsProtocol)
	s.Signing.addDescriptor(role, "signing")
	s.Decryption[0].addDescriptor(role, "encryption")
	consumer := role.CreateElement("md:AssertionConsumerService")
	consumer.CreateAttr("Binding", saml.HTTPArtifactBinding)
	consumer.CreateAttr("Location", s.ACSURL)
	consumer.CreateAttr("index", assertionConsumerServiceIndex)
	consumer.CreateAttr("isDefault", "true")
	service := role.CreateElement("md:AttributeConsumingService")
	service.CreateAttr("index", attributeConsumingServiceIndex)
	service.CreateAttr("isDefault", "true")
	addLocalised(service, "md:ServiceName", p.ServiceName)
	service.CreateElement("md:RequestedAttribute").CreateAttr("Name", s.ServiceID)
	company := service.CreateElement("md:RequestedAttribute")
	company.CreateAttr("Name", attributeCompanyName)
	company.CreateAttr("isRequired", "false")
	p.addOrganisation(root)
	return s.writeSigned(root)
}

func (p Publication) addOrganisation(root *etree.Element) {
	organisation := root.CreateElement("md:Organization")
	addLocalised(organisation, "md:OrganizationName", p.OrganisationName)
	addLocalised(organisation, "md:OrganizationDisplayName", p.OrganisationName)
	addLocalised(organisation, "md:OrganizationURL", p.OrganisationURL)
	contact := root.CreateElement("md:ContactPerson")
	contact.CreateAttr("contactType", "technical")
	contact.CreateElement("md:EmailAddress").SetText("mailto:" + p.ContactEmail)
	contact.CreateElement("md:TelephoneNumber").SetText(p.ContactPhone)
}

// ServiceCatalogue writes our signed entry for the catalogue from which mandates are registered (Afsprakenstelsel:
// Service catalog). The KvK number is what we need; an RSIN may come beside it. No restriction is allowed: a mandate for
// one branch would be refused at the login, so it should not qualify at all.
func ServiceCatalogue(s Settings, p Publication) ([]byte, error) {
	root := etree.NewElement("esc:ServiceCatalogue")
	root.CreateAttr("xmlns:esc", nsCatalogue)
	root.CreateAttr("xmlns:md", nsMetadata)
	root.CreateAttr("xmlns:saml", nsAssertion)
	root.CreateAttr("xmlns:ds", nsSignature)
	root.CreateAttr("ID", p.ID)
	root.CreateAttr("esc:IssueInstant", p.IssuedAt.UTC().Format(time.RFC3339))
	root.CreateAttr("esc:Version", catalogueVersion)
	provider := addPublic(root, "esc:ServiceProvider")
	addCatalogueText(provider, "ServiceProviderID", p.OIN)
	addLocalised(provider, "esc:OrganizationDisplayName", p.OrganisationName)
	p.addDefinition(provider, s)
	p.addInstance(provider, s)
	return s.writeSigned(root)
}

func (p Publication) addDefinition(provider *etree.Element, s Settings) {
	definition := addPublic(provider, "esc:ServiceDefinition")
	addCatalogueText(definition, "ServiceUUID", s.ServiceUUID)
	addLocalised(definition, "esc:ServiceName", p.ServiceName)
	addLocalised(definition, "esc:ServiceDescription", p.ServiceDescription)
	definition.CreateElement("saml:AuthnContextClassRef").SetText(minimumLevelURN)
	addCatalogueText(definition, "HerkenningsmakelaarId", p.BrokerOIN)
	for _, allowed := range []struct{ set, kind string }{
		{"1", "urn:etoegang:1.9:EntityConcernedID:RSIN"},
		{"1", "urn:etoegang:1.9:EntityConcernedID:KvKnr"},
		{"2", "urn:etoegang:1.9:EntityConcernedID:KvKnr"},
	} {
		kind := definition.CreateElement("esc:EntityConcernedTypesAllowed")
		kind.CreateAttr("setNumber", allowed.set)
		kind.SetText(allowed.kind)
	}
	company := definition.CreateElement("esc:RequestedAttribute")
	company.CreateAttr("Name", attributeCompanyName)
	company.CreateAttr("isRequired", "false")
	addLocalised(company, "esc:PurposeStatement", "De naam van uw organisatie staat op de pagina's en in de e-mails.")
}

func (p Publication) addInstance(provider *etree.Element, s Settings) {
	instance := addPublic(provider, "esc:ServiceInstance")
	addCatalogueText(instance, "ServiceID", s.ServiceID)
	addCatalogueText(instance, "ServiceUUID", p.ServiceInstance)
	addCatalogueText(instance, "InstanceOfService", s.ServiceUUID)
	addLocalised(instance, "esc:ServiceURL", p.ServiceURL)
	addLocalised(instance, "esc:PrivacyPolicyURL", p.PrivacyURL)
	addCatalogueText(instance, "HerkenningsmakelaarId", p.BrokerOIN)
	addCatalogueText(instance, "SSOSupport", "false")
	s.Decryption[0].addDescriptor(instance.CreateElement("esc:ServiceCertificate"), "encryption")
}

// writeSigned signs a document, with its signature in the first place.
func (s Settings) writeSigned(root *etree.Element) ([]byte, error) {
	signature, err := s.Signing.signMetadata(root)
	if err != nil {
		return nil, fmt.Errorf("eherkenning: metadata: %w", err)
	}
	root.InsertChildAt(0, signature)
	document := etree.NewDocumentWithRoot(root)
	text, err := document.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("eherkenning: metadata: %w", err)
	}
	return append([]byte(`<?xml version="1.0" encoding="UTF-8"?>`+"\n"), text...), nil
}

func (k KeyPair) addDescriptor(parent *etree.Element, use string) {
	descriptor := parent.CreateElement("md:KeyDescriptor")
	descriptor.CreateAttr("use", use)
	keyInfo := descriptor.CreateElement("ds:KeyInfo")
	keyInfo.CreateElement("ds:KeyName").SetText(k.Name())
	k.addCertificate(keyInfo)
}

func addLocalised(parent *etree.Element, tag, text string) {
	element := parent.CreateElement(tag)
	element.CreateAttr("xml:lang", dutch)
	element.SetText(text)
}

func addPublic(parent *etree.Element, tag string) *etree.Element {
	element := parent.CreateElement(tag)
	element.CreateAttr("esc:IsPublic", "true")
	return element
}

func addCatalogueText(parent *etree.Element, name, text string) {
	parent.CreateElement("esc:" + name).SetText(text)
}
