package brokertest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const (
	methodSHA256    = nsEncrypt + "sha256"
	methodExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
	methodEnveloped = nsSignature + "enveloped-signature"
)

// apply adds the Signature to el where it stands in its document. The package's own signer is used instead of
// goxmldsig's, which knows neither PrefixList nor KeyName and appends the Signature without setting its parent.
func (s Signature) apply(el *etree.Element) error {
	if s.Key.Private != nil {
		if err := s.sign(el); err != nil {
			return fmt.Errorf("sign %s: %w", el.Tag, err)
		}
	}
	if s.Tamper != nil {
		s.Tamper(el)
	}
	return nil
}

// Document signs the root of a document anew, whatever signature it had.
func (s Signature) Document(text []byte) ([]byte, error) {
	root, err := parseXML(text)
	if err != nil {
		return nil, err
	}
	for _, old := range children(root, nsSignature, "Signature") {
		root.RemoveChild(old)
	}
	if err := s.apply(root); err != nil {
		return nil, err
	}
	return serialise(root)
}

func (s Signature) sign(el *etree.Element) error {
	hash, digestMethod, err := s.hash()
	if err != nil {
		return err
	}
	canonical, err := canonicalise(el, s.Prefixes)
	if err != nil {
		return err
	}
	signature := etree.NewElement("ds:Signature")
	signature.CreateAttr("xmlns:ds", nsSignature)
	info := s.addSignedInfo(signature, el.SelectAttrValue("ID", ""), digestMethod, sum(hash, canonical))
	el.InsertChildAt(signaturePlace(el), signature)
	if canonical, err = canonicalise(info, ""); err != nil {
		return err
	}
	value, err := rsa.SignPKCS1v15(rand.Reader, s.Key.Private, hash, sum(hash, canonical))
	if err != nil {
		return err
	}
	addText(signature, "ds:SignatureValue", base64.StdEncoding.EncodeToString(value))
	s.addKeyInfo(signature)
	return nil
}

func (s Signature) hash() (crypto.Hash, string, error) {
	switch s.Method {
	case MethodRSASHA256:
		return crypto.SHA256, methodSHA256, nil
	case MethodRSASHA1:
		return crypto.SHA1, DigestSHA1, nil
	}
	return 0, "", errors.New("unknown signature method")
}

func sum(hash crypto.Hash, data []byte) []byte {
	digest := hash.New()
	digest.Write(data)
	return digest.Sum(nil)
}

// canonicalise works on a copy that carries the namespaces of its ancestors.
func canonicalise(el *etree.Element, prefixes string) ([]byte, error) {
	detached, err := detach(el)
	if err != nil {
		return nil, err
	}
	return dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes).Canonicalize(detached)
}

func detach(el *etree.Element) (*etree.Element, error) {
	ancestors, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	return etreeutils.NSDetatch(ancestors, el)
}

func (s Signature) addSignedInfo(signature *etree.Element, id, digestMethod string, digest []byte) *etree.Element {
	info := signature.CreateElement("ds:SignedInfo")
	info.CreateElement("ds:CanonicalizationMethod").CreateAttr("Algorithm", methodExclusive)
	info.CreateElement("ds:SignatureMethod").CreateAttr("Algorithm", s.Method)
	reference := info.CreateElement("ds:Reference")
	reference.CreateAttr("URI", "#"+id)
	transforms := reference.CreateElement("ds:Transforms")
	transforms.CreateElement("ds:Transform").CreateAttr("Algorithm", methodEnveloped)
	transform := transforms.CreateElement("ds:Transform")
	transform.CreateAttr("Algorithm", methodExclusive)
	if s.Prefixes != "" {
		inclusive := transform.CreateElement("ec:InclusiveNamespaces")
		inclusive.CreateAttr("xmlns:ec", methodExclusive)
		inclusive.CreateAttr("PrefixList", s.Prefixes)
	}
	reference.CreateElement("ds:DigestMethod").CreateAttr("Algorithm", digestMethod)
	addText(reference, "ds:DigestValue", base64.StdEncoding.EncodeToString(digest))
	return info
}

func (s Signature) addKeyInfo(signature *etree.Element) {
	keyInfo := signature.CreateElement("ds:KeyInfo")
	if s.ShowCertificate {
		certificate := base64.StdEncoding.EncodeToString(s.Key.Certificate.Raw)
		addText(keyInfo.CreateElement("ds:X509Data"), "ds:X509Certificate", certificate)
		return
	}
	addText(keyInfo, "ds:KeyName", s.Key.Name())
}

// signaturePlace is after Issuer, where the SAML schema wants it, else first.
func signaturePlace(el *etree.Element) int {
	if issuers := children(el, nsAssertion, "Issuer"); len(issuers) > 0 {
		return issuers[0].Index() + 1
	}
	return 0
}
