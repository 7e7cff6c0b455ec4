package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// What holds for connections unless the URL says otherwise.
const (
	connectTimeout   = 5 * time.Second  // from dialling to the end of the login
	statementTimeout = 5 * time.Second  // of one statement, its wait for locks included
	idleInTxTimeout  = 30 * time.Second // a process that hangs or was cut off holds its locks no longer
)

// silenceTimeout comes on top of the statement time-out: then the server, or the way to it, is taken to be gone.
const silenceTimeout = 2 * time.Second

// The pool of one process.
const (
	connectionsAtOnce = 20
	connectionsIdle   = 10
	connectionIdleFor = 5 * time.Minute
	connectionLife    = 30 * time.Minute // so that a server that came back, or was added, is found
)

// Open prepares a pool for url (postgres://…). It does not connect: a database that is away shows at the first use.
func Open(url string) (*Store, error) { return open(url, statementTimeout) }

// OpenBatch is Open for work that nobody waits for: a statement, and the time between two, takes as long as it takes.
func OpenBatch(url string) (*Store, error) { return open(url, 0) }

func open(url string, statements time.Duration) (*Store, error) {
	config, err := pq.NewConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	silence, err := limit(&config, statements)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	inner, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	inner.Dialer(dialer{silence: silence})
	return newStore(sql.OpenDB(connector{inner})), nil
}

// limit fills in what the URL leaves open and returns how long the server may be silent; 0 is without end.
func limit(config *pq.Config, statements time.Duration) (silence time.Duration, err error) {
	if config.ConnectTimeout <= 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.TargetSessionAttrs == "" {
		config.TargetSessionAttrs = pq.TargetSessionAttrsReadWrite
	}
	if config.FallbackApplicationName == "" {
		config.FallbackApplicationName = "koppel"
	}
	if config.Runtime == nil {
		config.Runtime = map[string]string{}
	}
	if _, given := config.Runtime["idle_in_transaction_session_timeout"]; !given && statements > 0 {
		config.Runtime["idle_in_transaction_session_timeout"] = milliseconds(idleInTxTimeout)
	}
	if given := config.Runtime["statement_timeout"]; given != "" {
		if statements, err = serverDuration(given); err != nil {
			return 0, fmt.Errorf("statement_timeout: %w", err)
		}
	}
	if statements == 0 {
		return 0, nil
	}
	config.Runtime["statement_timeout"] = milliseconds(statements)
	return statements + silenceTimeout, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// serverDuration reads a duration as Postgres writes it: 5000 (milliseconds), 5s, 2min.
func serverDuration(text string) (time.Duration, error) {
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(n) * time.Millisecond, nil
	}
	return time.ParseDuration(strings.Replace(text, "min", "m", 1))
}

// dialer opens connections that notice when the server falls silent.
type dialer struct{ silence time.Duration }

// DialContext implements pq.DialerContext.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &wire{Conn: conn, silence: d.silence}, nil
}

// Dial implements pq.Dialer.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout implements pq.Dialer.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// connector opens sessions. Whatever keeps it from doing so, to its caller the database is away.
type connector struct{ *pq.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, unavailable("connect", err)
	}
	return &session{pqConn: conn.(pqConn)}, nil
}

// pqConn is what a connection of lib/pq can do.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// session is a connection that leaves the pool when its server turns out to be read-only: the one that writes is
// another by now.
type session struct {
	pqConn
	readOnly bool
}

// BeginTx implements driver.ConnBeginTx.
func (s *session) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := s.pqConn.BeginTx(ctx, options)
	s.watch(err)
	return tx, err
}

// ExecContext implements driver.ExecerContext.
func (s *session) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := s.pqConn.ExecContext(ctx, query, args)
	s.watch(err)
	return result, err
}

// QueryContext implements driver.QueryerContext.
func (s *session) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.pqConn.QueryContext(ctx, query, args)
	s.watch(err)
	return rows, err
}

func (s *session) watch(err error) {
	s.readOnly = s.readOnly || pq.As(err, pqerror.ReadOnlySQLTransaction) != nil
}

// IsValid implements driver.Validator.
func (s *session) IsValid() bool { return !s.readOnly && s.pqConn.IsValid() }
