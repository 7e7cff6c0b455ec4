package brokertest

import (
	"encoding/base64"

	"github.com/beevik/etree"
)

const (
	bindingPOST     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	bindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	bindingSOAP     = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
)

// makeMetadata writes the EntityDescriptor. It is signed with X509Data, which metadata, unlike messages, must have.
func (b *Broker) makeMetadata() ([]byte, error) {
	root := etree.NewElement("md:EntityDescriptor")
	root.CreateAttr("xmlns:md", nsMetadata)
	root.CreateAttr("xmlns:ds", nsSignature)
	root.CreateAttr("ID", newID())
	root.CreateAttr("entityID", EntityID)
	provider := root.CreateElement("md:IDPSSODescriptor")
	provider.CreateAttr("WantAuthnRequestsSigned", "true")
	provider.CreateAttr("protocolSupportEnumeration", nsProtocol)
	for _, key := range b.options.Keys {
		addKeyDescriptor(provider, key)
	}
	resolution := addEndpoint(provider, "md:ArtifactResolutionService", bindingSOAP, b.options.ResolveURL)
	resolution.CreateAttr("index", "0")
	resolution.CreateAttr("isDefault", "true")
	binding := bindingPOST
	if b.options.TakeRedirect {
		binding = bindingRedirect
	}
	addEndpoint(provider, "md:SingleSignOnService", binding, b.ssoURL())
	signature := Signature{Key: b.options.Keys[0], Method: MethodRSASHA256, ShowCertificate: true}
	if err := signature.apply(root); err != nil {
		return nil, err
	}
	return serialise(root)
}

func addKeyDescriptor(provider *etree.Element, key Key) {
	descriptor := provider.CreateElement("md:KeyDescriptor")
	descriptor.CreateAttr("use", "signing")
	keyInfo := descriptor.CreateElement("ds:KeyInfo")
	addText(keyInfo, "ds:KeyName", key.Name())
	certificate := base64.StdEncoding.EncodeToString(key.Certificate.Raw)
	addText(keyInfo.CreateElement("ds:X509Data"), "ds:X509Certificate", certificate)
}

func addEndpoint(provider *etree.Element, tag, binding, location string) *etree.Element {
	endpoint := provider.CreateElement(tag)
	endpoint.CreateAttr("Binding", binding)
	endpoint.CreateAttr("Location", location)
	return endpoint
}
