// Package devstack is the world around koppel on one machine: Postgres, Temporal with its UI, a mail server with a web
// inbox, and an eHerkenning broker, with the real programs of koppel running on them as processes. It serves the demo
// and the journeys of e2e. It owns starting, breaking and stopping these parts; it knows nothing of what koppel does.
//
// It is a module of its own, so that the service's list of dependencies stays short.
package devstack
