// Package foreign has tests only: messages that were signed and encrypted by xmlsec1, a maker that shares no code with
// koppel, must be accepted, and xmlsec1 and the schemas of SAML must accept what koppel writes.
package foreign
