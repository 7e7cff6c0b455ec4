// Package onboarding is the domain of koppel: identifiers, an eHerkenning login, the case that links it to an
// old account, and the numbers and rules that govern the case.
//
// It knows no database, HTTP, mail server or Temporal, and imports the standard library only.
package onboarding
