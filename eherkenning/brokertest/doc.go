// Package brokertest is a pretend eHerkenning broker (herkenningsmakelaar) for tests and the demo.
//
// It owns everything that a service provider meets at its broker: the pages on which a person chooses a supplier and
// logs in, artifacts, signed answers with encrypted identifiers, metadata, and on request answers that are wrong.
// It does not share a line with package eherkenning, so that a misreading of the rules in one shows up in the other.
// It owns no security: passwords are printed on its pages and everything lives in memory.
//
// A login is: POST /sso (AuthnRequest) → pages under /inloggen → artifact to the service provider → POST /ars.
// What the broker will say is an [Answer]; [Options].Change may alter every field of it, or the signed elements.
package brokertest
