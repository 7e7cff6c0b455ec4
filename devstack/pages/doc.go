// Package pages has only tests: what every page of koppel must be in a browser (accessible, readable on a small screen,
// usable with a keyboard), and that the look it is served with is built from its sources.
package pages
