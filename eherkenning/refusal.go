package eherkenning

import (
	"errors"

	"koppel/onboarding"
)

// Reason says why there is no login. docs/eherkenning.md tells the operator what each means.
type Reason string

// The outcomes that a visitor can tell apart. Every other reason is a form of Invalid.
const (
	Cancelled        Reason = "cancelled"         // stopped by the user, or the supplier found no mandate
	LevelTooLow      Reason = "level_too_low"     // Refusal.Level holds the level that was reached
	WrongService     Reason = "wrong_service"     // a mandate for another service
	BranchRestricted Reason = "branch_restricted" // a mandate for one branch only
	BrokerFailed     Reason = "broker_failed"     // the broker says that it failed
	Unreachable      Reason = "unreachable"       // no answer over the back channel
	Invalid          Reason = "invalid"           // the answer made us panic; the cause holds the stack
)

// The forms of Invalid: who sent, what was asked.
const (
	BadArtifact        Reason = "bad_artifact"
	RequestRefused     Reason = "request_refused"
	SOAPFault          Reason = "soap_fault"
	EmptyResponse      Reason = "empty_response"
	TooLarge           Reason = "too_large"
	Malformed          Reason = "malformed"
	MetadataExpired    Reason = "metadata_expired"
	CertificateExpired Reason = "certificate_expired"
	Unsigned           Reason = "unsigned"
	SignatureForm      Reason = "signature_form"
	BadSignature       Reason = "bad_signature"
)

// The forms of Invalid: what the signed answer says.
const (
	WrongVersion         Reason = "wrong_version"
	WrongIssuer          Reason = "wrong_issuer"
	WrongRequest         Reason = "wrong_request"
	WrongDestination     Reason = "wrong_destination"
	WrongAudience        Reason = "wrong_audience"
	WrongRecipient       Reason = "wrong_recipient"
	NotYetValid          Reason = "not_yet_valid"
	Expired              Reason = "expired"
	AssertionCount       Reason = "assertion_count"
	BadConfirmation      Reason = "bad_confirmation"
	BadConditions        Reason = "bad_conditions"
	BadAuthentication    Reason = "bad_authentication"
	AuthenticationTooOld Reason = "authentication_too_old"
	UnknownLevel         Reason = "unknown_level"
	UnknownAlgorithm     Reason = "unknown_algorithm"
	DecryptionFailed     Reason = "decryption_failed"
	NoActingSubject      Reason = "no_acting_subject"
	NoOrganisation       Reason = "no_organisation"
)

// Outcome is what the visitor may learn: the reason itself when a page exists for it, else Invalid.
func (r Reason) Outcome() Reason {
	switch r {
	case Cancelled, LevelTooLow, WrongService, BranchRestricted, BrokerFailed, Unreachable:
		return r
	}
	return Invalid
}

// Refusal is the one error of CheckArtifact and Login.
type Refusal struct {
	Reason Reason
	Level  onboarding.Level // with LevelTooLow
	Cause  error            // for the log: never an identifier, an artifact or a part of a message; may be nil
}

func (r *Refusal) Error() string {
	text := "eherkenning: " + string(r.Reason)
	if r.Cause != nil {
		text += ": " + r.Cause.Error()
	}
	return text
}

func (r *Refusal) Unwrap() error { return r.Cause }

// ReasonOf returns the reason of the first Refusal in err's chain, or "" when there is none.
func ReasonOf(err error) Reason {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}

func refuse(reason Reason, cause error) error { return &Refusal{Reason: reason, Cause: cause} }
