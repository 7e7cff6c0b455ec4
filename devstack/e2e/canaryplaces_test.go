package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"koppel/devstack"
	"koppel/keys"
	"koppel/keys/keyfiles"
	"koppel/onboarding"
)

// everyFieldWasVisited keeps the search from finding nothing because nothing was there.
func (r *canaryRun) everyFieldWasVisited() {
	pseudonym := r.pseudonym()
	r.add("pseudonym", pseudonym)
	fmt.Fprintln(&r.sent, pseudonym, r.use("organisation's RSIN")) // both came with the assertion
	var organisations string
	r.must(r.db.QueryRow(`select string_agg(organisation || ' ' || kvk, ' ') from identities`).Scan(&organisations))
	r.sent.WriteString(organisations)
	for _, mail := range r.stack.Mailbox.Mails("") {
		r.sent.WriteString(" " + mail.Text) // PINs
	}
	for _, c := range r.canaries {
		if !bytes.Contains(r.sent.Bytes(), []byte(c.mark)) {
			r.t.Errorf("%s: the run did not visit it", c.name)
		}
	}
}

// pseudonym opens what the database has sealed of Kim, with the key that it does not have.
func (r *canaryRun) pseudonym() string {
	key, err := os.ReadFile(filepath.Join(r.dir, "secrets", keyfiles.Worker, "KOPPEL_RECORD_KEYS"))
	r.must(err)
	var ring keys.Ring
	r.must(ring.UnmarshalText(bytes.TrimSpace(key)))
	var hash string
	var sealed []byte
	r.must(r.db.QueryRow(`select hash, sealed from identities where kvk = $1`, r.use("organisation's KvK number")).Scan(&hash, &sealed))
	opened, err := ring.Open("identities/"+hash, sealed)
	r.must(err)
	var subject onboarding.Subject
	r.must(json.Unmarshal(opened, &subject))
	if len(subject.Value) < 64 {
		r.t.Fatalf("the pseudonym is %q", subject.Value)
	}
	return subject.Value
}

// search looks for every canary in every place.
func (r *canaryRun) search() {
	for _, p := range r.places() {
		for _, c := range r.canaries {
			if p.postgres && c.kept {
				continue
			}
			if how := c.hit(p.content); how != "" {
				r.t.Errorf("%s: %s stands there %s", p.name, c.name, how)
			}
		}
	}
}

// places are all that koppel writes. Each holds something that is known, else it was not read.
func (r *canaryRun) places() []spot {
	var reference string
	r.must(r.db.QueryRow(`select reference from linkings where step = 'linked'`).Scan(&reference))
	dump := r.dump()
	r.hold("Postgres", dump, "@eigen.example", "@oud.example", reference)
	temporal := r.temporalNow()
	r.hold("Temporal", temporal, reference, "CompleteLinking", "koppel-housekeeping")
	urls := append(r.locations.Bytes(), r.linksInMails()...)
	r.hold("addresses", urls, "/koppelen/pincode", "/start")
	metrics := r.metrics()
	r.hold("metrics", metrics, "koppel_events_total", "http_server_request_duration", "temporal_")
	r.must(r.stack.Web.Stop())
	r.must(r.stack.Worker.Stop())
	traces := r.tracesSoFar()
	r.hold("traces", traces, "koppel-web", "koppel-worker", "RunActivity:SendPIN", "/koppelen/pincode")
	found := []spot{
		{"Postgres", dump, true}, {"Temporal", temporal, false}, {"addresses", urls, false},
		{"Temporal on the way", bytes.Join(r.notes, nil), false}, {"metrics", metrics, false}, {"traces", traces, false},
	}
	part, err := r.stack.Part("temporal")
	r.must(err)
	r.must(part.Kill())
	return append(found, r.files(reference)...)
}

// files are the logs of all processes and the database of Temporal, as they are on disk.
func (r *canaryRun) files(reference string) (found []spot) {
	for pattern, known := range map[string]string{
		"logs/web.log": reference, "logs/worker.log": reference, "logs/temporal.log": "", "temporal/temporal.db*": reference,
	} {
		names, err := filepath.Glob(filepath.Join(r.dir, pattern))
		r.must(err)
		var all []byte
		for _, name := range names {
			content, err := os.ReadFile(name)
			r.must(err)
			all = append(all, content...)
			found = append(found, spot{filepath.Base(name), content, false})
		}
		r.hold(pattern, all, known)
	}
	return found
}

func (r *canaryRun) hold(place string, content []byte, known ...string) {
	r.t.Helper()
	for _, text := range known {
		if !bytes.Contains(content, []byte(text)) {
			r.t.Errorf("%s: %q is missing, so this was not what was to be searched (%d bytes)", place, text, len(content))
		}
	}
}

// temporalNow is all that Temporal tells: the list with search attributes and memos, and of each run the description
// (with failing activities) and the history.
func (r *canaryRun) temporalNow() []byte {
	ctx := within(r.t, time.Minute)
	var all []byte
	keep := func(message proto.Message, err error) {
		r.must(err)
		raw, err := proto.Marshal(message)
		r.must(err)
		all = append(all, raw...)
	}
	listed, err := r.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000})
	keep(listed, err)
	for _, run := range listed.GetExecutions() {
		id, runID := run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId()
		described, err := r.temporal.DescribeWorkflowExecution(ctx, id, runID)
		keep(described, err)
		events := r.temporal.GetWorkflowHistory(ctx, id, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			keep(event, err)
		}
	}
	return all
}

// linkToken is what a link in a mail is made for: the first page takes it out of the address.
var linkToken = regexp.MustCompile(`sleutel=[^&\s"<>]+`)

var link = regexp.MustCompile(`https?://[^\s"<>]+|mailto:[^\s"<>]+`)

func (r *canaryRun) linksInMails() []byte {
	var all []byte
	for _, mail := range r.stack.Mailbox.Mails("") {
		all = append(all, strings.Join(link.FindAllString(mail.Text+"\n"+mail.HTML, -1), "\n")...)
	}
	return linkToken.ReplaceAll(all, nil)
}

// metrics are those of both programs.
func (r *canaryRun) metrics() []byte {
	var all []byte
	for _, program := range []*devstack.Program{r.stack.Web, r.stack.Worker} {
		response, err := http.Get(program.MetricsURL)
		r.must(err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		r.must(err)
		all = append(all, body...)
	}
	return all
}

// tracesSoFar are what web and worker sent: everything, once they have ended.
func (r *canaryRun) tracesSoFar() []byte { return bytes.Join(r.traces.Requests(), nil) }

// dump is every row of every table, as text.
func (r *canaryRun) dump() []byte {
	var all []byte
	for _, table := range r.column(`select quote_ident(tablename) from pg_tables where schemaname = 'public'`) {
		rows := strings.Join(r.column(`select t::text from `+table+` t`), "\n")
		if strings.Contains(rows, r.use("IP address")) && table != "audit_subjects" {
			r.t.Errorf("Postgres: the IP address stands in %s, where nothing empties it", table)
		}
		all = append(all, table+"\n"+rows+"\n"...)
	}
	return all
}

func (r *canaryRun) column(query string) (values []string) {
	rows, err := r.db.Query(query)
	r.must(err)
	defer rows.Close()
	for rows.Next() {
		var text string
		r.must(rows.Scan(&text))
		values = append(values, text)
	}
	r.must(rows.Err())
	return values
}

// inspectDump is threat T22: what a copy of the database would tell.
func (r *canaryRun) inspectDump() {
	for what, query := range map[string]string{
		"passwords are hashed by argon2id alone": `
			select count(*) > 3 and bool_and(password_hash ~ '^[^$]*\$argon2id\$v=19\$m=65536,t=3,p=1\$[^$]{22}\$[^$]{43}$')
			from legacy_accounts where password_hash is not null`,
		"a linked account has no password": `select count(*) = 1 and bool_and(password_hash is null) from legacy_accounts where person is not null`,
		"tokens of sessions are hashed":    `select count(*) > 1 and bool_and(length(token_hash) = 32) from sessions`,
		"nothing handed over is left":      `select count(*) = 0 from handovers where created_at < now() - interval '15 minutes'`,
		"an address is sealed until it is confirmed": `
			select count(*) = 6 and bool_and(length(address) > 40) from pins`,
	} {
		var so bool
		r.must(r.db.QueryRow(query).Scan(&so))
		if !so {
			r.t.Errorf("not so: %s", what)
		}
	}
}
