package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"koppel/onboarding"
)

// Part is the name of the database among the parts that can be away.
const Part = "database"

// unavailable says that the database is away; cause is for the log.
func unavailable(operation string, cause error) error {
	return fmt.Errorf("%s: %w: %w", operation,
		&onboarding.Error{Kind: onboarding.Unavailable, Message: "e.away", Part: Part}, cause)
}

// away tells whether err is of the database or the way to it, not of the statement: later the same may succeed. A
// commit that ends so may have been done or not.
func away(err error) bool {
	var network net.Error
	switch {
	case pq.As(err) != nil:
		return awayReply(pq.As(err).Code)
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return true
	case errors.Is(err, sql.ErrTxDone): // nobody but the end of its context ends a transaction before we do
		return true
	}
	return errors.As(err, &network)
}

// awayReply sorts the server's own words (PostgreSQL manual, appendix A).
func awayReply(code pqerror.Code) bool {
	switch code {
	case pqerror.ReadOnlySQLTransaction, pqerror.LockNotAvailable:
		return true
	}
	return slices.Contains([]pqerror.Class{
		pqerror.ClassConnectionException,
		pqerror.ClassInsufficientResources, // disk full, too many connections
		pqerror.ClassOperatorIntervention,  // shutdown, statement time-out
		pqerror.ClassSystemError,
	}, code.Class())
}
