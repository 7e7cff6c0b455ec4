package onboarding

import (
	"strings"
	"time"
)

// Login is one verified eHerkenning login: who acted, for which organisation, how surely.
type Login struct {
	ActingSubject    Subject
	Organisation     KvKNumber // LegalSubjectID
	Intermediary     KvKNumber // of a chain mandate: who acts for the organisation; else empty
	OrganisationName string    // as the broker gave it; empty when it did not
	Level            Level
	Supplier         string // EntityID of the authentication service (AuthenticatingAuthority)
	AssertionID      string
	ExpiresAt        time.Time // end of the assertion: until then its id must be remembered
}

// Subject is a decrypted identifier: its type is the part of the NameQualifier after the scheme's version
// ("EntityConcernedID:Pseudo"), so that a new version of the scheme does not make new users.
type Subject struct {
	Type  string
	Value string
}

// IdentityKey lists what makes a returning user: acting subject and organisation, never the NameID.
// Hexadecimal values are compared in upper case (eherkenning: specific pseudonym).
func (l Login) IdentityKey() []string {
	return []string{l.ActingSubject.Type, strings.ToUpper(l.ActingSubject.Value), string(l.Organisation)}
}
