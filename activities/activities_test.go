package activities

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"go.temporal.io/sdk/testsuite"

	"koppel/keys"
	"koppel/mail"
	"koppel/mail/mailtest"
	"koppel/onboarding"
	"koppel/passwords"
	"koppel/store"
	"koppel/store/schematest"
)

// The fixed people of these tests: Jane is contact person of a school of board 10249.
const (
	janeCase     = "11111111-1111-4111-8111-111111111111"
	jane         = "jane"
	janeEmail    = "jane@regenboog.example"
	janeUsername = "regenboog01"
	janePassword = "Regenboog-2019"
	ownerEmail   = "oud@regenboog.example"
	boardKvK     = "90001234"
)

// desk is a set of activities on real parts: Postgres, a mail server, keys, and a clock that stands still.
type desk struct {
	*Activities
	t        *testing.T
	url      string // of the database
	db       *sqlx.DB
	mails    *mailtest.Server
	handover keys.Handover
	now      time.Time

	changePIN string // of a change of address that a test has prepared
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	database, url := schematest.Open(t)
	d := &desk{t: t, url: url, db: sqlx.MustConnect("postgres", url), mails: mailtest.Start(t, mailtest.Options{}),
		now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	t.Cleanup(func() { d.db.Close() })
	sender, err := mail.NewSender(mail.Settings{Address: d.mails.Address(), From: "MijnHelpdeskPO <noreply@koppel.example>", TLS: mail.TLSNone})
	noError(t, err)
	d.Activities = &Activities{
		Store: database, Sender: sender, Letters: mail.Letters{HelpdeskPhone: "079 000 00 00"},
		Now: func() time.Time { return d.now }, Log: slog.New(slog.DiscardHandler),
	}
	private, public, err := keys.GenerateHandover("h1")
	noError(t, err)
	noError(t, d.Lookup.UnmarshalText([]byte(keys.Generate())))
	noError(t, d.PINs.UnmarshalText([]byte("p1:"+keys.Generate())))
	noError(t, d.Records.UnmarshalText([]byte("r1:"+keys.Generate())))
	noError(t, d.Receiver.UnmarshalText([]byte(private)))
	noError(t, d.handover.UnmarshalText([]byte(public)))
	d.seed()
	return d
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cheap hashes as the product does, in a thousandth of the time.
var cheap = passwords.Params{Memory: 64, Passes: 1, Lanes: 1}

func (d *desk) seed() {
	hash, err := cheap.Hash(d.t.Context(), janePassword)
	noError(d.t, err)
	d.db.MustExec(`
		insert into institutions (code, kind, name, board, kvk) values
			('10249', 'board', 'Stichting De Regenboog', null, '90001234'),
			('03AB', 'school', 'De Regenboog', '10249', null),
			('31002', 'board', 'Gemeente Duinhaven', null, null)`)
	d.db.MustExec(`
		insert into legacy_accounts (username, username_key, email, institution, password_hash) values
			('Regenboog01', 'regenboog01', $1, '03AB', $2), ('duinhaven', 'duinhaven', $1, '31002', $2)`, ownerEmail, hash)
	d.login(jane, boardKvK)
	d.open(janeCase, jane)
}

func (d *desk) login(identity, kvk string) {
	d.db.MustExec(`insert into identities (hash, sealed, kvk, level, supplier, last_login_at) values ($1, '', $2, 'EH3', 'urn:ad', $3)`,
		identity, kvk, d.now)
}

func (d *desk) open(caseID, identity string) {
	d.t.Helper()
	_, err := do[any](d, d.OpenLinking, Opening{Case: caseID, Identity: identity, Reference: "K3TF-9M2Q", Language: "nl",
		At: d.now, Deadline: d.now.Add(onboarding.LinkingOpen)})
	noError(d.t, err)
}

// do runs an activity as Temporal does: with its input and result encoded, and what it may tell about a failure.
func do[Result any](d *desk, activity, in any) (result Result, err error) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(activity)
	var args []any
	if in != nil {
		args = append(args, in)
	}
	value, err := env.ExecuteActivity(activity, args...)
	if err == nil && value.HasValue() {
		err = value.Get(&result)
	}
	return result, err
}

// hand seals form input as web does and returns the check that goes with it.
func (d *desk) hand(caseID string, form map[string]any) Check {
	d.t.Helper()
	id := rand.Text()
	plaintext, err := json.Marshal(form)
	noError(d.t, err)
	sealed, err := d.handover.Seal("handovers/"+id, plaintext)
	noError(d.t, err)
	noError(d.t, d.Store.SaveHandover(d.t.Context(), store.Handover{
		ID: id, WorkflowID: testWorkflowID, Sealed: sealed, CreatedAt: d.now,
	}))
	return Check{Case: caseID, Handover: id, Update: id}
}

const testWorkflowID = "default-test-workflow-id" // of the test environment

func (d *desk) credentials(caseID, username, password, email string) Checked {
	d.t.Helper()
	checked, err := do[Checked](d, d.CheckCredentials, d.hand(caseID, map[string]any{
		"email": email, "username": username, "password": password, "language": "nl"}))
	noError(d.t, err)
	return checked
}

// prove brings a case to its PIN mail.
func (d *desk) prove() MailJob {
	d.t.Helper()
	checked := d.credentials(janeCase, janeUsername, janePassword, janeEmail)
	if checked.Verdict.Outcome != onboarding.Accepted || len(checked.Mails) != 1 {
		d.t.Fatalf("proof: %+v", checked)
	}
	return checked.Mails[0]
}

// mailPIN sends a PIN mail and reads the PIN in it.
func (d *desk) mailPIN(job MailJob) string {
	d.t.Helper()
	before := len(d.mails.Mails())
	sent, err := do[Sent](d, d.SendPIN, job)
	noError(d.t, err)
	mails := d.mails.Mails()
	if sent.State != onboarding.MailSent || len(mails) != before+1 {
		d.t.Fatalf("SendPIN: %+v, %d mails", sent, len(mails)-before)
	}
	return pinIn(d.t, mails[before])
}

func pinIn(t *testing.T, m mailtest.Mail) string {
	t.Helper()
	for _, word := range strings.Fields(m.Text) {
		if word = strings.Trim(word, "."); len(word) == 6 && strings.Trim(word, "0123456789") == "" {
			return word
		}
	}
	t.Fatalf("no PIN in %q", m.Text)
	return ""
}

func (d *desk) pin(caseID, pin string) Checked {
	d.t.Helper()
	checked, err := do[Checked](d, d.CheckPIN, d.hand(caseID, map[string]any{"pin": pin, "session": []byte("s")}))
	noError(d.t, err)
	return checked
}

// wrongPIN is a PIN that is not pin.
func wrongPIN(pin string) string {
	if pin[0] == '9' {
		return "0" + pin[1:]
	}
	return string(pin[0]+1) + pin[1:]
}

func (d *desk) count(query string, args ...any) (n int) {
	d.t.Helper()
	noError(d.t, d.db.Get(&n, query, args...))
	return n
}

func (d *desk) text(query string, args ...any) (s string) {
	d.t.Helper()
	noError(d.t, d.db.Get(&s, query, args...))
	return s
}

func (d *desk) wantStep(caseID string, want onboarding.Step) {
	d.t.Helper()
	if got := d.text(`select step from linkings where id = $1`, caseID); got != string(want) {
		d.t.Errorf("step %s, want %s", got, want)
	}
}

func wantOutcome(t *testing.T, checked Checked, want onboarding.Outcome) {
	t.Helper()
	if checked.Verdict.Outcome != want {
		t.Errorf("outcome %s, want %s", checked.Verdict.Outcome, want)
	}
}

// twice runs an activity twice, wants the same result from both, and returns it.
func twice[Result any](d *desk, activity, in any) Result {
	d.t.Helper()
	first, err := do[Result](d, activity, in)
	noError(d.t, err)
	second, err := do[Result](d, activity, in)
	noError(d.t, err)
	if a, b := encode(d.t, first), encode(d.t, second); a != b {
		d.t.Errorf("first %s, second %s", a, b)
	}
	return first
}

func encode(t *testing.T, v any) string {
	t.Helper()
	encoded, err := json.Marshal(v)
	noError(t, err)
	return string(encoded)
}
