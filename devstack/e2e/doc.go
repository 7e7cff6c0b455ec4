// Package e2e holds whole journeys: a browser on the real programs, with a real Temporal server, Postgres, mail server
// and the test broker, also while parts are killed. It has tests only, few of them, because each takes seconds.
package e2e
