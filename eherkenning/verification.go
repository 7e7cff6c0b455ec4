package eherkenning

import (
	"errors"
	"time"

	"github.com/beevik/etree"

	"koppel/onboarding"
)

// verification is the work on one answer. The raw elements come from the document as it was received: they serve to
// check signatures, because only there all namespaces are in scope, and nothing is read from them.
type verification struct {
	sp        *ServiceProvider
	broker    *broker // as its metadata was when the answer came
	now       time.Time
	requestID string // of our AuthnRequest
	resolveID string // of our ArtifactResolve
	envelope  []byte

	rawArtifactResponse, rawResponse *etree.Element
	signedArtifactResponse           *etree.Element // read again from the bytes that were signed

	artifactResponse artifactResponse
	response         response
	assertion        assertion
	attributes       attributes
	login            onboarding.Login
}

// steps is the order of work. Nothing is decrypted, and nothing read, before the signature over it has been checked.
func (v *verification) steps() []func() error {
	return []func() error{
		v.checkMetadata,
		v.scanEnvelope,
		v.openEnvelope,
		v.verifyArtifactResponse,
		v.all(artifactResponseChecks),
		v.checkStatus,
		v.verifyResponse,
		v.all(responseChecks),
		v.verifyAssertion,
		v.all(assertionChecks),
		v.checkLevel,
		v.all(serviceChecks),
		v.readActingSubject,
		v.readOrganisation,
		v.readIntermediary,
		v.readRest,
	}
}

func (v *verification) checkMetadata() error {
	if until := v.broker.validUntil; !until.IsZero() && v.now.After(until) {
		return refuse(MetadataExpired, nil)
	}
	return nil
}

func (v *verification) scanEnvelope() error {
	if len(v.envelope) > responseLimit {
		return refuse(TooLarge, nil)
	}
	if err := scan(v.envelope); err != nil {
		return refuse(Malformed, err)
	}
	return nil
}

// openEnvelope finds the ArtifactResponse at its only place: Envelope, Body, ArtifactResponse.
func (v *verification) openEnvelope() error {
	document := etree.NewDocument()
	if err := document.ReadFromBytes(v.envelope); err != nil {
		return refuse(Malformed, errors.New("not well-formed"))
	}
	root := document.Root()
	if !is(root, nsSOAP, "Envelope") {
		return refuse(Malformed, errors.New("not a SOAP envelope"))
	}
	body := only(root, nsSOAP, "Body")
	if body == nil || len(body.ChildElements()) != 1 {
		return refuse(Malformed, errors.New("not one SOAP body with one message"))
	}
	message := body.ChildElements()[0]
	if is(message, nsSOAP, "Fault") {
		return refuse(SOAPFault, nil)
	}
	if !is(message, nsProtocol, "ArtifactResponse") {
		return refuse(Malformed, errors.New("not an ArtifactResponse"))
	}
	v.rawArtifactResponse = message
	return nil
}

func (v *verification) verifyArtifactResponse() error {
	signed, err := v.broker.verifySignature(v.rawArtifactResponse, v.now)
	if err != nil {
		return err
	}
	v.signedArtifactResponse = signed
	return decode(signed, &v.artifactResponse)
}

// verifyResponse checks the signature of the Response, which may be left out: the ArtifactResponse around it is
// signed (Afsprakenstelsel: DV-HM response).
func (v *verification) verifyResponse() error {
	v.rawResponse = only(v.rawArtifactResponse, nsProtocol, "Response")
	if v.rawResponse == nil {
		return refuse(Malformed, errors.New("not one Response"))
	}
	if len(children(v.rawResponse, nsSignature, "Signature")) == 0 {
		return nil
	}
	_, err := v.broker.verifySignature(v.rawResponse, v.now)
	return err
}

// verifyAssertion checks the signature of the Assertion itself and reads it from its own signed bytes.
func (v *verification) verifyAssertion() error {
	raw, err := v.findAssertion()
	if err != nil {
		return err
	}
	signed, err := v.broker.verifySignature(raw, v.now)
	if err != nil {
		return err
	}
	v.attributes = readAttributes(signed)
	return decode(signed, &v.assertion)
}
