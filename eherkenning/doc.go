// Package eherkenning is the service provider side of eHerkenning: it asks the broker to log somebody in, fetches
// the answer by artifact over the back channel, and believes it only after every check has passed.
//
// It owns the SAML messages, their signatures and the encrypted identifiers, and it reads the broker's metadata.
// It keeps nothing: the pending login with its request id, and the memory of used assertions, are the store's;
// pages and cookies are package web's.
//
// Types and XML encryption come from crewjam/saml, XML signatures from goxmldsig. The order of work and every
// decision are here, because crewjam's ServiceProvider accepts or panics on messages that must be refused. Its
// package globals (clock, skew) are neither read nor set.
package eherkenning
