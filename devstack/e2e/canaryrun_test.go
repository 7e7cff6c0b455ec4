package e2e

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"koppel/devstack"
	"koppel/eherkenning/brokertest"
)

// canaryRun is a stack, the values in it, and what went in and came out.
type canaryRun struct {
	t        *testing.T
	dir      string
	traces   *devstack.Traces
	stack    *devstack.Stack
	temporal client.Client
	db       *sql.DB
	people   map[string]*caller
	canaries []canary
	notes    [][]byte // what Temporal told on the way

	mu        sync.Mutex
	sent      bytes.Buffer // everything that went in
	locations bytes.Buffer // every address that a browser was sent to
}

func startCanaryRun(t *testing.T) *canaryRun {
	t.Helper()
	t.Parallel()
	r := &canaryRun{t: t, people: map[string]*caller{}}
	for _, f := range canaryFields {
		r.canaries = append(r.canaries, newCanary(f))
	}
	r.dir = publicDir(t)
	var err error
	r.traces, err = devstack.StartTraces()
	r.must(err)
	t.Cleanup(func() { r.traces.Stop() })
	r.stack = startStackWith(t, devstack.Options{Dir: r.dir, Apart: true, Personas: r.personas(), Traces: r.traces})
	r.must(r.stack.Import(t.Context(), r.samples()))
	r.temporal, err = r.stack.Temporal.Client()
	r.must(err)
	t.Cleanup(r.temporal.Close)
	r.db, err = sql.Open("postgres", r.stack.DatabaseURL)
	r.must(err)
	t.Cleanup(func() { r.db.Close() })
	return r
}

// personas come from the organisations of this run.
func (r *canaryRun) personas() []brokertest.Persona {
	kims := []brokertest.Organisation{{KvK: r.use("organisation's KvK number"), RSIN: r.use("organisation's RSIN"), Name: r.use("organisation's name")}}
	strangers := []brokertest.Organisation{{KvK: r.use("stranger's KvK number"), Name: r.use("stranger's organisation")}}
	return []brokertest.Persona{
		{Username: "kim", Level: brokertest.Level3, Organisations: kims},
		{Username: "cas", Level: brokertest.Level3, Organisations: strangers},
		{Username: "bob", Level: brokertest.Level3, Organisations: strangers},
		{Username: "refused", Level: brokertest.Level2Plus, Organisations: kims},
	}
}

// samples are the made-up registers, with an account of this run.
func (r *canaryRun) samples() string {
	folder := filepath.Join(r.dir, "sample")
	r.must(os.CopyFS(folder, os.DirFS("../sample")))
	digest := sha256.Sum256([]byte("salt" + r.use("password")))
	r.appendTo(folder, "besturen.csv", fmt.Sprintf(`"77001","Bestuur","ELDERS","%s"`, r.use("organisation's KvK number")))
	r.appendTo(folder, "accounts.csv", strings.Join([]string{r.use("username"), r.use("address of the old account"), "77001",
		"sha256$salt$" + hex.EncodeToString(digest[:])}, ";"))
	r.appendTo(folder, "scholen.csv", "Utrecht;77001;33CA;33CA00;De Proef;Meent;34;9011 AA;ELDERS;9007;ELDERS;Openbaar;;www.deproef.example;BO")
	r.appendTo(folder, "contactpersonen.csv", "77001;"+r.use("address of a contact"))
	r.appendTo(folder, "gemachtigden.csv", "77001;"+r.use("address of a representative"))
	return folder
}

func (r *canaryRun) appendTo(folder, name, line string) {
	file, err := os.OpenFile(filepath.Join(folder, name), os.O_APPEND|os.O_WRONLY, 0)
	r.must(err)
	defer file.Close()
	_, err = file.WriteString(line + "\r\n")
	r.must(err)
	r.sent.WriteString(line)
}

func (r *canaryRun) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// use is what goes into a field.
func (r *canaryRun) use(name string) string {
	r.t.Helper()
	for _, c := range r.canaries {
		if c.name == name {
			return c.text
		}
	}
	r.t.Fatalf("there is no field %q", name)
	return ""
}

// add is for a value that comes about in the run.
func (r *canaryRun) add(name, value string) {
	r.canaries = append(r.canaries, canary{field{name: name}, value, value})
}

// person is a browser that says everything a browser says, and whose traffic is kept.
func (r *canaryRun) person(name string) *caller {
	if r.people[name] == nil {
		c := newCaller(r.t, r.stack)
		c.address = r.use("IP address")
		c.client.Transport = r
		r.people[name] = c
	}
	return r.people[name]
}

// RoundTrip implements http.RoundTripper.
func (r *canaryRun) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("User-Agent", r.use("user agent"))
	request.Header.Set("Referer", "https://elders.example/"+r.use("referrer"))
	request.Header.Set("Accept-Language", r.use("language"))
	request.AddCookie(&http.Cookie{Name: "other", Value: r.use("cookie of another program")})
	var body []byte
	if request.Body != nil {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	r.mu.Lock()
	defer r.mu.Unlock()
	unescaped, _ := url.QueryUnescape(string(body)) // what cannot be unescaped was not sent by this test
	fmt.Fprintln(&r.sent, request.URL, request.Header, unescaped)
	if err == nil {
		fmt.Fprintln(&r.locations, response.Header.Get("Location"))
	}
	return response, err
}

// broker walks through the broker and returns where it sends the browser.
func (r *canaryRun) broker(page, persona string) string {
	back, err := brokertest.Login(http.DefaultClient, r.stack.Broker.URL(), brokertest.Visit{
		SAMLRequest: value(page, "SAMLRequest"), RelayState: value(page, "RelayState"), Username: persona,
	})
	r.must(err)
	r.add("relay state of "+persona, value(page, "RelayState"))
	return back.URL
}

// tokens adds the cookies that a person has been given: who has them is that person.
func (r *canaryRun) tokens(c *caller) {
	site, err := url.Parse(r.stack.WebURL())
	r.must(err)
	for _, cookie := range c.client.Jar.Cookies(site) {
		if len(cookie.Value) > 16 {
			r.add("cookie "+cookie.Name, cookie.Value)
		}
	}
}

// pin waits for the PIN that is mailed to an address.
func (r *canaryRun) pin(name, email string) {
	r.t.Helper()
	mail, err := r.stack.Mailbox.Await(within(r.t, mailPatience), email, 1)
	r.must(err)
	r.add(name, regexp.MustCompile(`\b\d{6}\b`).FindString(mail.Text))
	r.await("the PIN is awaited", `select count(*) > 0 from linkings where step = 'await_pin'`)
}

func (r *canaryRun) prove(c *caller, a account) reply {
	return r.insist(c, "/koppelen", a.form(c.nonce("/koppelen")))
}

// insist sends a form again, as the page asks for, while the machine is too busy for an answer in time.
func (r *canaryRun) insist(c *caller, path string, form url.Values) reply {
	r.t.Helper()
	ctx := within(r.t, time.Minute)
	for {
		got := c.post(path, form)
		if got.status != http.StatusServiceUnavailable || ctx.Err() != nil {
			return got
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// await waits until a query says so.
func (r *canaryRun) await(what, query string) {
	r.t.Helper()
	ctx := within(r.t, 90*time.Second)
	for {
		var so bool
		r.must(r.db.QueryRowContext(ctx, query).Scan(&so))
		if so {
			return
		}
		select {
		case <-ctx.Done():
			r.t.Fatalf("%s: not so", what)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (r *canaryRun) note(content []byte) { r.notes = append(r.notes, content) }
