package faults

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"koppel/activities"
	"koppel/keys"
	"koppel/mail"
	"koppel/mail/mailtest"
	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
	"koppel/store/schematest"
	"koppel/web"
	"koppel/workflows"
)

// mailRoom is one journey with time that is skipped: the workflow in Temporal's test environment, with the real
// activities, a real database, a real mail server, and the real pages at the same clock.
type mailRoom struct {
	*testsuite.TestWorkflowEnvironment
	t        *testing.T
	started  time.Time
	db       *sql.DB
	store    *store.Store
	handover keys.Handover
	address  string
	server   *mailtest.Server
	closed   bool
	pages    http.Handler

	mutex sync.Mutex
	tries []time.Time // at the PIN mail
}

// Jane is contact person of a school of board 10249.
const (
	janeCase     = "11111111-1111-4111-8111-111111111111"
	jane         = "jane"  // her identity
	janeToken    = "token" // of her session
	janeUsername = "regenboog01"
	janePassword = "Regenboog-2019"
	janeEmail    = "jane@regenboog.example"
)

// proof is the form of her old account.
var proof = map[string]any{"email": janeEmail, "username": janeUsername, "password": janePassword, "language": "nl"}

// cheap hashes as the product does, in a thousandth of the time.
var cheap = passwords.Params{Memory: 64, Passes: 1, Lanes: 1}

func newMailRoom(t *testing.T) *mailRoom {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	m := &mailRoom{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t,
		started: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	m.SetStartTime(m.started)
	m.SetTestTimeout(time.Minute)
	m.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // a busy machine is no deadlock
	var err error
	m.address, err = freeAddress()
	m.must(err)
	m.open()
	m.fill()
	m.wire()
	m.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if info.ActivityType.Name == "SendPIN" {
			m.mutex.Lock()
			defer m.mutex.Unlock()
			m.tries = append(m.tries, m.Now())
		}
	})
	return m
}

// freeAddress is below the range from which the system takes the near ends of connections, so that nobody takes it
// while the mail server is away.
func freeAddress() (string, error) {
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(20000))
		listener, err := net.Listen("tcp", address)
		if err == nil {
			return address, listener.Close()
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return "", err
		}
	}
}

func (m *mailRoom) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// shut closes the mail server's port, open opens it.
func (m *mailRoom) shut() {
	m.must(m.server.Close())
	m.closed = true
}

func (m *mailRoom) open() {
	var err error
	m.server, err = mailtest.New(mailtest.Options{Address: m.address})
	m.must(err)
	server := m.server
	m.t.Cleanup(func() { _ = server.Close() }) // it may be shut already
}

// heal ends every fault.
func (m *mailRoom) heal() {
	m.server.SetFault(mailtest.Fault{})
	m.server.SetPace(0)
	if m.closed {
		m.open()
	}
}

// fill makes a database with Jane, who has logged in, and her account.
func (m *mailRoom) fill() {
	var url string
	m.store, url = schematest.Open(m.t)
	var err error
	m.db, err = sql.Open("postgres", url)
	m.must(err)
	m.t.Cleanup(func() { m.db.Close() })
	hash, err := cheap.Hash(m.t.Context(), janePassword)
	m.must(err)
	_, err = m.db.Exec(`
		insert into institutions (code, kind, name, board, kvk) values
			('10249', 'board', 'Stichting De Regenboog', null, '90001234'), ('03AB', 'school', 'De Regenboog', '10249', null)`)
	m.must(err)
	_, err = m.db.Exec(`insert into legacy_accounts (username, username_key, email, institution, password_hash)
		values ($1, $1, $2, '03AB', $3)`, janeUsername, janeEmail, hash)
	m.must(err)
	_, err = m.db.Exec(`insert into identities (hash, sealed, kvk, level, supplier, last_login_at)
		values ($1, '', '90001234', 'EH3', 'urn:ad', $2)`, jane, m.started)
	m.must(err)
	token := sha256.Sum256([]byte(janeToken))
	m.must(m.store.SaveSession(m.t.Context(), store.Session{TokenHash: token[:], Identity: jane, FormKey: []byte("key"),
		AuthenticatedAt: m.started, LastUsedAt: m.started, ExpiresAt: m.started.Add(onboarding.SessionLife)}))
}

// wire joins workflow, activities and pages.
func (m *mailRoom) wire() {
	private, public, err := keys.GenerateHandover("h1")
	m.must(err)
	sender, err := mail.NewSender(mail.Settings{
		Address: m.address, From: "MijnHelpdeskPO <noreply@koppel.example>", TLS: mail.TLSNone, Patience: impatient})
	m.must(err)
	do := &activities.Activities{Store: m.store, Sender: sender, Letters: mail.Letters{HelpdeskPhone: "079 000 00 00"},
		Now: m.Now, Log: slog.New(slog.DiscardHandler)}
	m.must(do.Lookup.UnmarshalText([]byte(keys.Generate())))
	m.must(do.PINs.UnmarshalText([]byte("p1:" + keys.Generate())))
	m.must(do.Records.UnmarshalText([]byte("r1:" + keys.Generate())))
	m.must(do.Receiver.UnmarshalText([]byte(private)))
	m.must(m.handover.UnmarshalText([]byte(public)))
	m.RegisterActivity(do)
	m.pages, err = web.New(web.Settings{Store: m.store, ServiceProvider: nobodyLogsIn{}, Lookup: do.Lookup, Records: do.Records,
		Handover: m.handover, PublicURL: "https://koppel.example", HelpdeskMail: "helpdesk@koppel.example",
		HelpdeskPhone: "079 000 00 00", MailFrom: "noreply@koppel.example", Now: m.Now, Log: slog.New(slog.DiscardHandler)})
	m.must(err)
}

// nobodyLogsIn is the service provider of a website that everybody is logged in to.
type nobodyLogsIn struct{ web.ServiceProvider }

func (nobodyLogsIn) BrokerOrigin() string { return "https://makelaar.example" }

func (m *mailRoom) at(after time.Duration, do func()) { m.RegisterDelayedCallback(do, after) }

// send submits a form at a moment of the journey; its verdict must be that it is accepted.
func (m *mailRoom) send(after time.Duration, id, update string, form any) {
	m.sendLater(after, id, update, func() any { return form })
}

// sendLater is send of a form that is filled in at that moment.
func (m *mailRoom) sendLater(after time.Duration, id, update string, form func() any) {
	m.at(after, func() {
		plaintext, err := json.Marshal(form())
		m.must(err)
		sealed, err := m.handover.Seal("handovers/"+id, plaintext)
		m.must(err)
		m.must(m.store.SaveHandover(m.t.Context(), store.Handover{
			ID: id, WorkflowID: workflows.LinkingID(jane), Sealed: sealed, CreatedAt: m.Now()}))
		m.UpdateWorkflow(update, id, &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { m.t.Errorf("%s: %v", id, err) },
			OnComplete: func(result any, err error) {
				if verdict, _ := result.(onboarding.Verdict); verdict.Outcome != onboarding.Accepted {
					m.t.Errorf("%s: got %+v, %v, want it accepted", id, verdict, err)
				}
			},
		}, workflows.Submission{Handover: id})
	})
}

// run plays the journey, which must end linked.
func (m *mailRoom) run() {
	m.t.Helper()
	in := workflows.LinkingInput{Case: janeCase, Identity: jane, Reference: "K3TF-9M2Q", Level: onboarding.EH3,
		Supplier: "urn:ad", AuthenticatedAt: m.started, Board: "10249", Language: "nl"}
	m.SetStartWorkflowOptions(workflows.LinkingOptions(in))
	m.ExecuteWorkflow(workflows.Linking, in)
	var result workflows.LinkingResult
	if err := m.GetWorkflowResult(&result); err != nil || result.Ending != onboarding.Linked {
		m.t.Errorf("the case ended as %q, %v, want it linked", result.Ending, err)
	}
}

// page is the page of the PIN as Jane sees it.
func (m *mailRoom) page() string {
	request := httptest.NewRequest(http.MethodGet, "https://koppel.example/koppelen/pincode", nil)
	request.AddCookie(&http.Cookie{Name: "__Host-session", Value: janeToken})
	recorder := httptest.NewRecorder()
	m.pages.ServeHTTP(recorder, request)
	return recorder.Body.String()
}

func (m *mailRoom) wantLink(path string) {
	m.t.Helper()
	if page := m.page(); !strings.Contains(page, `href="`+path+`"`) {
		m.t.Errorf("the page does not lead to %s:\n%s", path, page)
	}
}

func (m *mailRoom) wantAttention(want string) {
	m.t.Helper()
	var view workflows.LinkingView
	value, err := m.QueryWorkflow(workflows.LinkingState)
	if err == nil {
		err = value.Get(&view)
	}
	if err != nil || view.Attention != want {
		m.t.Errorf("after %s attention is %q, %v, want %q", m.Now().Sub(m.started), view.Attention, err, want)
	}
}

func (m *mailRoom) count(from string) (n int) {
	m.t.Helper()
	m.must(m.db.QueryRow(`select count(*) from ` + from).Scan(&n))
	return n
}

func pinOf(text string) string { return regexp.MustCompile(`\b\d{6}\b`).FindString(text) }

func (m *mailRoom) pinMails(to string) (found []mailtest.Mail) {
	for _, mail := range m.server.Mails() {
		if mail.SentTo(to) && pinOf(mail.Text) != "" {
			found = append(found, mail)
		}
	}
	return found
}

// pinForm is the form with the mailed PIN.
func (m *mailRoom) pinForm(to string) any {
	mails := m.pinMails(to)
	if len(mails) == 0 {
		m.t.Fatalf("no mail with a PIN to %s", to)
	}
	token := sha256.Sum256([]byte(janeToken))
	return map[string]any{"pin": pinOf(mails[0].Text), "session": token[:]}
}
