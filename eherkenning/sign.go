package eherkenning

import (
	"encoding/base64"
	"fmt"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// sign returns the enveloped signature of a message: RSA-SHA256 over exclusive c14n. Its KeyInfo holds the KeyName of
// our metadata and nothing else: X509Data is forbidden in messages (Afsprakenstelsel: Digital signature).
func (k KeyPair) sign(message *etree.Element) (*etree.Element, error) {
	signature, keyInfo, err := k.enveloped(message)
	if err != nil {
		return nil, err
	}
	keyInfo.CreateElement("ds:KeyName").SetText(k.Name())
	return signature, nil
}

// signMetadata is sign for metadata, which must show its certificate and may show nothing else.
func (k KeyPair) signMetadata(metadata *etree.Element) (*etree.Element, error) {
	signature, keyInfo, err := k.enveloped(metadata)
	if err != nil {
		return nil, err
	}
	k.addCertificate(keyInfo)
	return signature, nil
}

// enveloped makes a signature and gives its KeyInfo, empty: it is not part of what is signed.
func (k KeyPair) enveloped(element *etree.Element) (signature, keyInfo *etree.Element, err error) {
	signer, err := dsig.NewSigningContext(k.Private, [][]byte{k.Certificate.Raw})
	if err != nil {
		return nil, nil, fmt.Errorf("sign: %w", err)
	}
	signer.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := signer.SetSignatureMethod(dsig.RSASHA256SignatureMethod); err != nil {
		return nil, nil, fmt.Errorf("sign: %w", err)
	}
	if signature, err = signer.ConstructSignature(element, true); err != nil {
		return nil, nil, fmt.Errorf("sign: %w", err)
	}
	keyInfo = signature.SelectElement(dsig.KeyInfoTag)
	keyInfo.Child = nil
	return signature, keyInfo, nil
}

func (k KeyPair) addCertificate(keyInfo *etree.Element) {
	certificate := keyInfo.CreateElement("ds:X509Data").CreateElement("ds:X509Certificate")
	certificate.SetText(base64.StdEncoding.EncodeToString(k.Certificate.Raw))
}
