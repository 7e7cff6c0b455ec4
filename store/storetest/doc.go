// Package storetest gives tests and the demo a Postgres of their own. It owns finding, installing, starting and
// stopping the server and creating empty databases. It knows no tables: callers migrate themselves.
package storetest
