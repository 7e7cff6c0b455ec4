package main

import (
	"database/sql"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"koppel/mail/mailtest"
	"koppel/store/schematest"
	"koppel/store/storetest"
)

func TestWebStartsWithItsPartsAway(t *testing.T) {
	t.Parallel()
	server, address := storetest.Own(t)
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	web := run(t, "web", map[string]string{"KOPPEL_DATABASE_URL": address})
	web.awaitLine(`"msg":"database away"`) // before anybody asks
	web.awaitLine(`"msg":"temporal away"`)
	web.await("/readyz", http.StatusServiceUnavailable, "database: away\ntemporal: away\nbroker: not asked yet\n")
	web.await("/", http.StatusOK, "eHerkenning")
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	web.await("/readyz", http.StatusServiceUnavailable, "database: ok\ntemporal: away\n")
	web.awaitLine(`"msg":"database back"`)
	web.terminate()
}

func TestWorkerStartsWithItsPartsAway(t *testing.T) {
	t.Parallel()
	server, address := storetest.Own(t)
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	mailServer := mailtest.Start(t, mailtest.Options{})
	withMail := run(t, "worker", map[string]string{"KOPPEL_DATABASE_URL": address, "KOPPEL_SMTP_ADDRESS": mailServer.Address()})
	alone := run(t, "worker", map[string]string{"KOPPEL_DATABASE_URL": address, "KOPPEL_SMTP_ADDRESS": freeAddress(t)})
	alone.await("/readyz", http.StatusServiceUnavailable, "database: away\ntemporal: away\nsmtp: away\n")
	withMail.await("/readyz", http.StatusServiceUnavailable, "database: away\ntemporal: away\nsmtp: ok\n")
	for _, line := range []string{"database away", "temporal away", "smtp away", "worker does not run; trying again"} {
		alone.awaitLine(`"msg":"` + line + `"`)
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	alone.await("/readyz", http.StatusServiceUnavailable, "database: ok\ntemporal: away\nsmtp: away\n")
	withMail.terminate()
	alone.terminate()
}

// TestWebAnswersWhatItWasAsked sends SIGTERM while a login waits for a lock in the database.
func TestWebAnswersWhatItWasAsked(t *testing.T) {
	t.Parallel()
	address := schematest.URL(t) + "&statement_timeout=60s"
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`lock table pending_logins`); err != nil {
		t.Fatal(err)
	}

	web := run(t, "web", map[string]string{"KOPPEL_DATABASE_URL": address})
	answer := make(chan string, 1)
	go func() {
		response, err := http.Post(web.url+"/eherkenning/start", "application/x-www-form-urlencoded", nil)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer response.Body.Close()
		answer <- response.Status
	}()
	eventually(t, "the login waits", func() bool {
		var waiting bool
		err := db.QueryRow(`select exists (select 1 from pg_locks where not granted and relation = 'pending_logins'::regclass)`).Scan(&waiting)
		return err == nil && waiting
	})
	ended := make(chan struct{})
	go func() { defer close(ended); web.terminate() }()
	eventually(t, "new visitors are refused", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(web.url, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := <-answer; got != "200 OK" {
		t.Errorf("the login was answered %q", got)
	}
	<-ended
	web.awaitLine(`"msg":"web stopped"`)
}

// TestAnAddressThatIsTakenIsNamed: a listener is a setting, not a part; without it the process cannot say how it is.
func TestAnAddressThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for command, name := range map[string]string{"web": "KOPPEL_LISTEN", "worker": "KOPPEL_WORKER_LISTEN"} {
		output := fails(t, command, map[string]string{name: listener.Addr().String()})
		if !strings.Contains(output, name+": listen tcp "+listener.Addr().String()) {
			t.Errorf("koppel %s does not name %s: %s", command, name, output)
		}
	}
}

func TestHealthCommandFailsWhileAPartIsAway(t *testing.T) {
	t.Parallel()
	for status, fails := range map[int]bool{http.StatusOK: false, http.StatusServiceUnavailable: true} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, "database: ok\n")
		}))
		var out strings.Builder
		err := askHealth(t.Context(), server.URL+"/readyz", &out)
		server.Close()
		if (err != nil) != fails || out.String() != "database: ok\n" {
			t.Errorf("status %d: got %v, %q", status, err, out.String())
		}
	}
}
