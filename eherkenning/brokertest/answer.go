package brokertest

import (
	"crypto/x509"
	"time"

	"github.com/beevik/etree"
)

// Assurance levels as AuthnContextClassRef.
const (
	Level2Plus = "urn:etoegang:core:assurance-class:loa2plus" // EH2+
	Level3     = "urn:etoegang:core:assurance-class:loa3"     // EH3
	Level4     = "urn:etoegang:core:assurance-class:loa4"     // EH4
)

// Qualifiers of identifiers.
const (
	QualifierPseudonym = "urn:etoegang:1.13:EntityConcernedID:Pseudo"
	QualifierKvK       = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
	QualifierRSIN      = "urn:etoegang:1.9:EntityConcernedID:RSIN"
)

// Status codes that the scheme allows.
const (
	StatusSuccess            = "urn:oasis:names:tc:SAML:2.0:status:Success"
	StatusRequester          = "urn:oasis:names:tc:SAML:2.0:status:Requester"
	StatusResponder          = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	StatusAuthnFailed        = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
	StatusRequestUnsupported = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported"
)

const (
	assertionLife = 2 * time.Minute
	clockSlack    = 5 * time.Second // brokers let an assertion begin a little before it was made
)

// Answer is everything that an ArtifactResponse says. The broker fills it for a login; Options.Change may alter it.
// Empty texts leave out their element or attribute, a zero time its attribute.
type Answer struct {
	ResolveID string // ArtifactResponse/@InResponseTo
	RequestID string // Response/@InResponseTo and SubjectConfirmationData/@InResponseTo
	Issuer    string // of ArtifactResponse, Response and Assertion

	Status        []string // of the Response: top level and optional second level; not Success: no assertion
	StatusMessage string
	Unreachable   bool // no answer at all: status 503
	Empty         bool // ArtifactResponse without a Response, as for an unknown artifact

	ResponseID   string
	AssertionID  string
	Destination  string // Response/@Destination
	Issued       time.Time
	NotBefore    time.Time
	NotOnOrAfter time.Time // of Conditions and SubjectConfirmationData

	NameID       string // transient
	Confirmation string // method
	Recipient    string // SubjectConfirmationData/@Recipient
	Audience     string
	Level        string // AuthnContextClassRef
	Authority    string // EntityID of the supplier (AD)

	ServiceID    string
	ServiceUUID  string
	Branch       string // ServiceRestriction:Vestigingsnr, 12 digits
	CompanyName  string
	Acting       Identifier   // the person
	Legal        []Identifier // the organisation: KvK, mostly also RSIN
	Intermediate []Identifier // of a chain mandate: the organisation in between
	Decoy        Identifier   // ActingSubjectID of the supplier's own assertion, in Advice; zero: no Advice

	Encryption       []Recipient // one EncryptedKey each
	Ciphers          Ciphers
	EncryptAssertion bool // as a whole, after it is signed

	MessageSignature   Signature // of the ArtifactResponse
	ResponseSignature  Signature
	AssertionSignature Signature

	// BeforeSign gets the complete unsigned SOAP envelope.
	BeforeSign func(envelope *etree.Element)
	// AfterBuild gets the text that is about to be sent and gives what is sent instead.
	AfterBuild func(text []byte) []byte
}

// Identifier is the NameID inside an EncryptedID.
type Identifier struct{ Qualifier, Value string }

// Recipient is somebody who can open the identifiers.
type Recipient struct {
	EntityID    string
	KeyName     string
	Certificate *x509.Certificate // RSA
}

// Signature says how an element is signed. Signing goes from the inside out.
type Signature struct {
	Key             Key    // the zero key leaves the element unsigned
	Method          string // MethodRSASHA256 or MethodRSASHA1
	Prefixes        string // PrefixList of InclusiveNamespaces
	ShowCertificate bool   // X509Data instead of KeyName
	// Tamper gets the element when it has its signature and the elements around it do not have theirs yet.
	Tamper func(signed *etree.Element)
}

// Signature methods.
const (
	MethodRSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	MethodRSASHA1   = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
)

// Answer gives the broker's true answer to a request of that ID when persona logs in for the organisation.
func (b *Broker) Answer(requestID string, persona Persona, organisation Organisation) Answer {
	now := b.options.Now().UTC().Truncate(time.Millisecond)
	answer := b.failure(requestID, StatusSuccess)
	answer.AssertionID, answer.NameID = newID(), newID()
	answer.NotBefore, answer.NotOnOrAfter = now.Add(-clockSlack), now.Add(assertionLife)
	answer.Confirmation = confirmationBearer
	answer.Recipient, answer.Audience = b.options.ServiceProvider.ACSURL, b.options.ServiceProvider.EntityID
	answer.Level, answer.Authority = persona.Level, Suppliers()[0].EntityID
	answer.ServiceID, answer.ServiceUUID = b.options.ServiceProvider.ServiceID, b.options.ServiceProvider.ServiceUUID
	answer.CompanyName, answer.Branch = organisation.Name, persona.Branch
	answer.Acting = b.pseudonym(persona.Username, organisation.KvK)
	answer.Decoy = b.pseudonym("decoy of "+persona.Username, organisation.KvK)
	answer.Legal = organisation.identifiers()
	answer.Unreachable = persona.Unreachable
	if persona.Intermediary != (Organisation{}) {
		answer.Intermediate = persona.Intermediary.identifiers()
	}
	if persona.NextKey {
		next := b.options.Keys[len(b.options.Keys)-1]
		answer.MessageSignature.Key, answer.ResponseSignature.Key, answer.AssertionSignature.Key = next, next, next
	}
	answer.Encryption = []Recipient{b.options.ServiceProvider.recipient()}
	return answer
}

// failure gives an answer without an assertion.
func (b *Broker) failure(requestID string, status ...string) Answer {
	signature := Signature{Key: b.options.Keys[0], Method: MethodRSASHA256, Prefixes: prefixList}
	return Answer{
		RequestID: requestID, Issuer: EntityID, Status: status,
		ResponseID: newID(), Destination: b.options.ServiceProvider.ACSURL,
		Issued:           b.options.Now().UTC().Truncate(time.Millisecond),
		MessageSignature: signature, ResponseSignature: signature, AssertionSignature: signature,
	}
}

func (s ServiceProvider) recipient() Recipient {
	return Recipient{EntityID: s.EntityID, KeyName: keyName(s.Encryption), Certificate: s.Encryption}
}
