package eherkenning

import (
	"errors"
	"slices"
	"strings"
	"time"

	"koppel/onboarding"
)

const (
	clockSkew   = 60 * time.Second // between our clock and the broker's
	messageLife = 90 * time.Second // from IssueInstant to us; the artifact was made when the browser left the broker
)

const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

// check is one row: what must hold, where that is written, and the reason when it does not.
type check struct {
	reason Reason
	source string
	holds  func(*verification) bool
}

func (v *verification) all(checks []check) func() error {
	return func() error {
		for _, check := range checks {
			if !check.holds(v) {
				return refuse(check.reason, errors.New(check.source))
			}
		}
		return nil
	}
}

var artifactResponseChecks = []check{
	{WrongVersion, "ArtifactResponse Version, SAML core 3.2.2",
		func(v *verification) bool { return v.artifactResponse.Version == "2.0" }},
	{WrongIssuer, "ArtifactResponse Issuer, eTD DV-HM",
		func(v *verification) bool { return v.issuedByBroker(v.artifactResponse.header) }},
	{WrongRequest, "ArtifactResponse InResponseTo, SAML core 3.2.2",
		func(v *verification) bool { return v.artifactResponse.InResponseTo == v.resolveID }},
	{NotYetValid, "ArtifactResponse IssueInstant",
		func(v *verification) bool { return v.begun(v.artifactResponse.IssueInstant) }},
	{Expired, "ArtifactResponse IssueInstant",
		func(v *verification) bool { return v.fresh(v.artifactResponse.IssueInstant) }},
	{BrokerFailed, "ArtifactResponse Status is always Success, eTD Bindings",
		func(v *verification) bool { return v.artifactResolved() }},
	{EmptyResponse, "ArtifactResponse without Response: artifact spent or unknown, SAML core 3.5.3",
		func(v *verification) bool { return len(v.artifactResponse.Responses) > 0 }},
	{Malformed, "ArtifactResponse with several Responses",
		func(v *verification) bool { return len(v.artifactResponse.Responses) == 1 }},
}

var responseChecks = []check{
	{WrongVersion, "Response Version, SAML core 3.2.2",
		func(v *verification) bool { return v.response.Version == "2.0" }},
	{WrongIssuer, "Response Issuer, eTD DV-HM",
		func(v *verification) bool { return v.issuedByBroker(v.response.header) }},
	{WrongRequest, "Response InResponseTo, SAML profiles 4.1.4.3",
		func(v *verification) bool { return v.response.InResponseTo == v.requestID }},
	{WrongDestination, "Response Destination, SAML core 3.2.2",
		func(v *verification) bool { return v.response.Destination == v.sp.settings.ACSURL }},
	{NotYetValid, "Response IssueInstant",
		func(v *verification) bool { return v.begun(v.response.IssueInstant) }},
	{Expired, "Response IssueInstant",
		func(v *verification) bool { return v.fresh(v.response.IssueInstant) }},
}

var assertionChecks = []check{
	{AssertionCount, "Assertion, the only one in the Response",
		func(v *verification) bool { return v.assertion.ID != "" && v.onlyAssertion() }},
	{WrongVersion, "Assertion Version, SAML core 2.3.3",
		func(v *verification) bool { return v.assertion.Version == "2.0" }},
	{WrongIssuer, "Assertion Issuer, SAML profiles 4.1.4.2",
		func(v *verification) bool { return v.issuedByBroker(v.assertion.header) }},
	{NotYetValid, "Assertion IssueInstant",
		func(v *verification) bool { return v.begun(v.assertion.IssueInstant) }},
	{Expired, "Assertion IssueInstant",
		func(v *verification) bool { return v.fresh(v.assertion.IssueInstant) }},
	{BadConditions, "Conditions, exactly one and all understood, SAML core 2.5.1.1",
		func(v *verification) bool {
			return len(v.assertion.Conditions) == 1 && len(v.assertion.Conditions[0].Unknown) == 0
		}},
	{NotYetValid, "Conditions NotBefore, SAML core 2.5.1.2",
		func(v *verification) bool { return v.begun(v.conditions().NotBefore) }},
	{Expired, "Conditions NotOnOrAfter, SAML core 2.5.1.2",
		func(v *verification) bool { return v.valid(v.conditions().NotOnOrAfter) }},
	{WrongAudience, "AudienceRestriction, every one ours, SAML core 2.5.1.4",
		func(v *verification) bool { return v.meantForUs() }},
	{BadConfirmation, "SubjectConfirmation, exactly one bearer, SAML profiles 4.1.4.2",
		func(v *verification) bool { return v.oneBearer() }},
	{WrongRecipient, "SubjectConfirmationData Recipient, SAML profiles 4.1.4.3",
		func(v *verification) bool { return v.confirmation().Recipient == v.sp.settings.ACSURL }},
	{WrongRequest, "SubjectConfirmationData InResponseTo, SAML profiles 4.1.4.3",
		func(v *verification) bool { return v.confirmation().InResponseTo == v.requestID }},
	{NotYetValid, "SubjectConfirmationData NotBefore",
		func(v *verification) bool { return v.begun(v.confirmation().NotBefore) }},
	{Expired, "SubjectConfirmationData NotOnOrAfter, SAML profiles 4.1.4.3",
		func(v *verification) bool { return v.valid(v.confirmation().NotOnOrAfter) }},
	{BadAuthentication, "AuthnStatement, exactly one with one context",
		func(v *verification) bool {
			return len(v.assertion.AuthnStatements) == 1 && len(v.assertion.AuthnStatements[0].Contexts) == 1
		}},
	{NotYetValid, "AuthnInstant",
		func(v *verification) bool { return v.begun(v.assertion.AuthnStatements[0].AuthnInstant) }},
	{AuthenticationTooOld, "AuthnInstant, ForceAuthn was asked, SAML core 3.4.1",
		func(v *verification) bool { return v.forced() }},
}

var serviceChecks = []check{
	{WrongService, "ServiceUUID, eTD Service catalog",
		func(v *verification) bool { return v.serviceUUIDOurs() }},
	{WrongService, "ServiceID, eTD ServiceID",
		func(v *verification) bool { return v.serviceIDOurs() }},
	{BranchRestricted, "ServiceRestriction, eTD",
		func(v *verification) bool { return !v.attributes.hasRestriction() }},
}

func (v *verification) issuedByBroker(h header) bool {
	return len(h.Issuers) == 1 && h.Issuers[0].Value == v.broker.entityID
}

func (v *verification) artifactResolved() bool {
	statuses := v.artifactResponse.Statuses
	return len(statuses) == 1 && statuses[0].StatusCode.Value == statusSuccess
}

// onlyAssertion compares two sights of one document: the Response as it was signed, and the assertion that was found.
func (v *verification) onlyAssertion() bool {
	inClear, sealed := v.response.Assertions, v.response.EncryptedAssertions
	if len(sealed) > 0 {
		return len(sealed) == 1 && len(inClear) == 0
	}
	return len(inClear) == 1 && inClear[0].ID == v.assertion.ID
}

func (v *verification) conditions() conditions { return v.assertion.Conditions[0] }

func (v *verification) confirmation() confirmationData {
	return v.assertion.Subjects[0].Confirmations[0].Data[0]
}

func (v *verification) meantForUs() bool {
	restrictions := v.conditions().Restrictions
	for _, restriction := range restrictions {
		if !slices.Contains(restriction.Audiences, v.sp.settings.EntityID) {
			return false
		}
	}
	return len(restrictions) > 0
}

func (v *verification) oneBearer() bool {
	subjects := v.assertion.Subjects
	return len(subjects) == 1 && len(subjects[0].Confirmations) == 1 &&
		subjects[0].Confirmations[0].Method == bearer && len(subjects[0].Confirmations[0].Data) == 1
}

// forced tells whether the user authenticated for this login: no earlier than a pending login can live.
func (v *verification) forced() bool {
	authenticated := time.Time(v.assertion.AuthnStatements[0].AuthnInstant)
	return !v.now.Add(-onboarding.PendingLogin - clockSkew).After(authenticated)
}

func (v *verification) serviceUUIDOurs() bool {
	texts := v.attributes.texts("urn:etoegang:core:ServiceUUID")
	for _, text := range texts {
		if !strings.EqualFold(text, v.sp.settings.ServiceUUID) {
			return false
		}
	}
	return len(texts) > 0
}

// serviceIDOurs lets several values pass when ours is among them, as older brokers send, and none at all: what a
// mandate is registered against is the UUID.
func (v *verification) serviceIDOurs() bool {
	texts := v.attributes.texts("urn:etoegang:core:ServiceID")
	return len(texts) == 0 || slices.Contains(texts, v.sp.settings.ServiceID)
}
