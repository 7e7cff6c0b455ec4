// Package store owns the Postgres database: its schema, every statement, and the translation of its errors.
//
// It decides nothing about a case: rules live in onboarding, their order in activities. Who may write which table
// is told in docs/design.md.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"

	"koppel/onboarding"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is a pool of connections.
type Store struct {
	db *sqlx.DB

	// Audited is told of each event of the audit once it is committed; nil: nobody is. It is set before the store is used.
	Audited func(Event)
}

// Tx is one transaction; its methods are the statements that take part in one.
type Tx struct {
	tx     *sqlx.Tx
	events []Event // that it audits
}

func newStore(db *sql.DB) *Store {
	db.SetMaxOpenConns(connectionsAtOnce)
	db.SetMaxIdleConns(connectionsIdle)
	db.SetConnMaxIdleTime(connectionIdleFor)
	db.SetConnMaxLifetime(connectionLife)
	return &Store{db: sqlx.NewDb(db, "postgres")}
}

// Close ends the pool.
func (s *Store) Close() error { return s.db.Close() }

// Ping asks the database whether it can be written to.
func (s *Store) Ping(ctx context.Context) error {
	var readOnly bool
	err := s.db.GetContext(ctx, &readOnly, `select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean`)
	if err == nil && readOnly {
		return unavailable("ping", errors.New("the database is read-only"))
	}
	return translate("ping", err)
}

// Migrate brings the schema up to date and returns the migrations it applied. Two at once wait for each other.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	provider, err := goose.NewProvider(goose.DialectPostgres, s.db.DB, files)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	var applied []string
	for _, result := range results {
		applied = append(applied, result.Source.Path)
	}
	return applied, nil
}

const migrationLock = 7274301 // any number, the same in every process

func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock($1)`, migrationLock); err != nil {
		return nil, errors.Join(fmt.Errorf("lock for migration: %w", err), conn.Close())
	}
	return func() {
		conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, migrationLock)
		conn.Close()
	}, nil
}

// Transact runs do in one transaction and commits when it returns nil.
func (s *Store) Transact(ctx context.Context, do func(*Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return translate("begin", err)
	}
	t := &Tx{tx: tx}
	if err := do(t); err != nil {
		return errors.Join(err, rollback(tx))
	}
	if err := tx.Commit(); err != nil {
		return translate("commit", err)
	}
	if s.Audited != nil {
		for _, event := range t.events {
			s.Audited(event)
		}
	}
	return nil
}

func rollback(tx *sqlx.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// translate turns "no row", broken constraints and a database that is away into domain errors and wraps the rest.
func translate(operation string, err error) error {
	var broken *pq.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", operation, &onboarding.Error{Kind: onboarding.NotFound, Message: "p.404"})
	case errors.As(err, &broken) && broken.Code == "23505":
		return fmt.Errorf("%s: %s: %w", operation, broken.Constraint, &onboarding.Error{Kind: onboarding.Conflict, Message: "p.500"})
	case onboarding.KindOf(err) == "" && away(err):
		return unavailable(operation, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// zero reads a null time as the zero time.
func zero(t sql.NullTime) time.Time { return t.Time }

// null writes the zero time as null.
func null(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }

// nullText writes "" as null.
func nullText(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
