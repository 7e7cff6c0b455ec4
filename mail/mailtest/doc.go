// Package mailtest is a mail server for tests and for the demo: it keeps what it gets, ready to be looked at, and
// shows faults on demand. It delivers nothing and imports nothing of koppel.
package mailtest
