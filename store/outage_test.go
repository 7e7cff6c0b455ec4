package store

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"koppel/onboarding"
	"koppel/store/storetest"
)

// opened is a store on address.
func opened(t *testing.T, address string) *Store {
	t.Helper()
	s, err := Open(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// migrated is a store on address, with its tables.
func migrated(t *testing.T, address string) *Store {
	t.Helper()
	s := opened(t, address)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// with is address with one more parameter.
func with(t *testing.T, address, name, value string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := parsed.Query()
	query.Set(name, value)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

func unavailableWith(t *testing.T, what string, err error, cause string) {
	t.Helper()
	var refusal *onboarding.Error
	if !errors.As(err, &refusal) || refusal.Kind != onboarding.Unavailable || refusal.Part != Part || !strings.Contains(err.Error(), cause) {
		t.Errorf("%s: got %v, want the database to be unavailable because of %q", what, err, cause)
	}
}

func setting(t *testing.T, s *Store, name string) (value string) {
	t.Helper()
	if err := s.db.Get(&value, `select current_setting($1)`, name); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestConnectionsAreLimitedUnlessTheURLSaysOtherwise(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	batch, err := OpenBatch(address)
	if err != nil {
		t.Fatal(err)
	}
	defer batch.Close()
	for _, test := range []struct {
		what              string
		store             *Store
		statement, idleTx string
	}{
		{"as we set it", opened(t, address), "5s", "30s"},
		{"as the URL sets it", opened(t, with(t, address, "statement_timeout", "2min")), "2min", "30s"},
		{"for batches", batch, "0", "0"},
	} {
		statement, idleTx := setting(t, test.store, "statement_timeout"), setting(t, test.store, "idle_in_transaction_session_timeout")
		if statement != test.statement || idleTx != test.idleTx {
			t.Errorf("%s: statement_timeout %s, idle_in_transaction_session_timeout %s; want %s, %s",
				test.what, statement, idleTx, test.statement, test.idleTx)
		}
	}
	if _, err := Open(with(t, address, "statement_timeout", "soon")); err == nil || !strings.Contains(err.Error(), "statement_timeout") {
		t.Errorf("a statement_timeout that is no duration: got %v", err)
	}
}

func TestTheURLDecidesOnConnectingToo(t *testing.T) {
	t.Parallel()
	config, err := pq.NewConfig("postgres://localhost/koppel")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := limit(&config, statementTimeout); err != nil || config.ConnectTimeout != connectTimeout ||
		config.TargetSessionAttrs != pq.TargetSessionAttrsReadWrite {
		t.Errorf("connect_timeout %s, target_session_attrs %q, %v", config.ConnectTimeout, config.TargetSessionAttrs, err)
	}
	config, err = pq.NewConfig("postgres://localhost/koppel?connect_timeout=2&target_session_attrs=any")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := limit(&config, statementTimeout); err != nil || config.ConnectTimeout != 2*time.Second ||
		config.TargetSessionAttrs != pq.TargetSessionAttrsAny {
		t.Errorf("as the URL sets them: connect_timeout %s, target_session_attrs %q, %v", config.ConnectTimeout, config.TargetSessionAttrs, err)
	}
}

// TestADatabaseThatWasAwayIsUsedAgain stops a real server while connections lie idle and while a transaction is open,
// and starts it again.
func TestADatabaseThatWasAwayIsUsedAgain(t *testing.T) {
	t.Parallel()
	server, address := storetest.Own(t)
	s := migrated(t, address)
	for _, end := range []struct {
		how string
		do  func() error
	}{
		{"stopped", server.Stop},
		{"crashed", server.Kill},
	} {
		fillPool(t, s)
		err := s.Transact(t.Context(), func(*Tx) error { return end.do() })
		unavailableWith(t, end.how+": commit", err, "commit: ")
		unavailableWith(t, end.how+": begin", s.Transact(t.Context(), func(*Tx) error { return nil }), "begin: ")
		unavailableWith(t, end.how+": statement", s.TouchSession(t.Context(), []byte("x"), time.Now()), "touch session: ")
		unavailableWith(t, end.how+": ping", s.Ping(t.Context()), "ping: ")
		if err := server.Restart(); err != nil {
			t.Fatal(err)
		}
		for range connectionsAtOnce {
			if err := s.Transact(t.Context(), func(tx *Tx) error { return tx.ForgetHandovers(t.Context(), "w") }); err != nil {
				t.Errorf("after it %s and came back: %v", end.how, err)
			}
		}
	}
}

// fillPool leaves connections idle.
func fillPool(t *testing.T, s *Store) {
	t.Helper()
	var all sync.WaitGroup
	for range connectionsIdle {
		all.Go(func() {
			if _, err := s.db.ExecContext(t.Context(), `select pg_sleep(0.1)`); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if idle := s.db.Stats().Idle; idle < 2 {
		t.Fatalf("%d connections lie idle, want several", idle)
	}
}

func TestIdleConnectionsThatDiedAreNotUsed(t *testing.T) {
	t.Parallel()
	s := opened(t, storetest.URL(t))
	admin, err := s.db.Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	fillPool(t, s)
	_, err = admin.ExecContext(t.Context(), `
		select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
	if err != nil {
		t.Fatal(err)
	}
	for range connectionsIdle {
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("with idle connections that the server has closed: %v", err)
		}
	}
}

func TestAStatementThatTakesTooLongIsGivenUp(t *testing.T) {
	t.Parallel()
	s := opened(t, with(t, storetest.URL(t), "statement_timeout", "1s"))
	_, err := s.db.ExecContext(t.Context(), `select pg_sleep(60)`)
	unavailableWith(t, "a statement", translate("sleep", err), "57014")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	slow := opened(t, with(t, storetest.URL(t), "statement_timeout", "60s"))
	_, err = slow.db.ExecContext(ctx, `select pg_sleep(60)`)
	unavailableWith(t, "a context that ended", translate("sleep", err), "")
}

func TestAReadOnlyDatabaseIsAwayAndItsConnectionsAreDropped(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, admin := migrated(t, address), opened(t, address)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	readOnly := func(value string) {
		t.Helper()
		_, err := admin.db.ExecContext(t.Context(), `set transaction_read_only = off; `+
			`do $$ begin execute format('alter database %I set default_transaction_read_only = `+value+`', current_database()); end $$`)
		if err != nil {
			t.Fatal(err)
		}
	}
	// A connection of before, as a failover behind a proxy leaves it.
	if _, err := s.db.ExecContext(t.Context(), `set default_transaction_read_only = on`); err != nil {
		t.Fatal(err)
	}
	unavailableWith(t, "a connection of before", s.TouchSession(t.Context(), []byte("x"), time.Now()), "25006")
	if err := s.TouchSession(t.Context(), []byte("x"), time.Now()); err != nil {
		t.Errorf("after it was dropped: %v", err)
	}
	if _, err := s.db.ExecContext(t.Context(), `set default_transaction_read_only = on`); err != nil {
		t.Fatal(err)
	}
	unavailableWith(t, "ping", s.Ping(t.Context()), "read-only")
	readOnly("on")
	unavailableWith(t, "a new connection", opened(t, address).Ping(t.Context()), "session is read-only")
}

func TestWhatTheServerSaysTellsAnOutageFromAFault(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]onboarding.Kind{
		"53300": onboarding.Unavailable, // too many connections
		"53100": onboarding.Unavailable, // disk full
		"57P01": onboarding.Unavailable, // shutting down
		"57P03": onboarding.Unavailable, // starting up
		"08006": onboarding.Unavailable, // connection failure
		"23505": onboarding.Conflict,    // unique violation
		"42P01": "",                     // undefined table
		"23514": "",                     // check violation
	} {
		if got := onboarding.KindOf(translate("test", &pq.Error{Code: pqerror.Code(code)})); got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
}

// TestASilentDatabaseIsGivenUp puts a relay between the store and the server that loses everything from a certain
// moment on, as a network does.
func TestASilentDatabaseIsGivenUp(t *testing.T) {
	t.Parallel()
	relay := newRelay(t, storetest.URL(t))
	s := opened(t, with(t, relay.url, "statement_timeout", "1s"))
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	relay.mute()
	unavailableWith(t, "a silent server", s.TouchSession(t.Context(), []byte("x"), time.Now()), "i/o timeout")
}

// relay passes bytes on to a server until it is muted.
type relay struct {
	url   string
	muted chan struct{}
	mute  func()
}

func newRelay(t *testing.T, address string) *relay {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	r := &relay{muted: make(chan struct{})}
	r.mute = sync.OnceFunc(func() { close(r.muted) })
	t.Cleanup(r.mute)
	go r.serve(t.Context(), listener, parsed.Host)
	parsed.Host = listener.Addr().String()
	r.url = parsed.String()
	return r
}

func (r *relay) serve(ctx context.Context, listener net.Listener, target string) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", target)
		if err != nil {
			near.Close()
			continue
		}
		context.AfterFunc(ctx, func() { near.Close(); far.Close() })
		go r.pass(far, near)
		go r.pass(near, far)
	}
}

func (r *relay) pass(to, from net.Conn) {
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		select {
		case <-r.muted:
			if err != nil {
				return
			}
			continue
		default:
		}
		if err != nil {
			to.Close()
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestATransactionOutOfTimeIsUnavailable ends the time of a transaction between its last statement and its commit.
func TestATransactionOutOfTimeIsUnavailable(t *testing.T) {
	s := opened(t, storetest.URL(t))
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Transact(ctx, func(tx *Tx) error {
		cancel()
		for { // until the transaction has been rolled back because of it
			if _, err := tx.tx.ExecContext(t.Context(), `select 1`); errors.Is(err, sql.ErrTxDone) {
				return nil
			}
		}
	})
	unavailableWith(t, "commit", err, sql.ErrTxDone.Error())
}
