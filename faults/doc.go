// Package faults holds tests of bad days that last: whole journeys on real parts at a clock that is skipped. It has no
// code of its own. Breaking real processes is the subject of devstack/e2e.
package faults
