package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"koppel/devstack"
	"koppel/eherkenning/brokertest"
)

// caller is a person without a browser, for what needs many requests at the same moment.
type caller struct {
	t       *testing.T
	stack   *devstack.Stack
	client  *http.Client
	address string // that requests come from, as the stack's web believes
	patient bool   // takes it when nobody answers
}

var callers atomic.Uint32

// newCaller is a caller in a network of its own: otherwise they would slow each other down.
func newCaller(t *testing.T, stack *devstack.Stack) *caller {
	client := &http.Client{
		Jar:           &jar{cookies: map[string]map[string]*http.Cookie{}},
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	n := callers.Add(1)
	return &caller{t: t, stack: stack, client: client, address: fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)}
}

// jar sends Secure cookies to http://localhost too, as browsers do.
type jar struct {
	mutex   sync.Mutex
	cookies map[string]map[string]*http.Cookie
}

func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	for _, cookie := range cookies {
		if j.cookies[u.Host] == nil {
			j.cookies[u.Host] = map[string]*http.Cookie{}
		}
		j.cookies[u.Host][cookie.Name] = cookie
	}
}

func (j *jar) Cookies(u *url.URL) (cookies []*http.Cookie) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	for _, cookie := range j.cookies[u.Host] {
		if cookie.MaxAge >= 0 {
			cookies = append(cookies, cookie)
		}
	}
	return cookies
}

// reply is what a request came to.
type reply struct {
	status   int // 0: nobody answered
	location string
	body     string
	header   http.Header
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.location) }

// get opens a path of the website, or an address.
func (c *caller) get(address string) reply {
	if strings.HasPrefix(address, "/") {
		address = c.stack.WebURL() + address
	}
	return c.do(http.NewRequest(http.MethodGet, address, nil))
}

// post sends a form to a path of the website.
func (c *caller) post(path string, form url.Values) reply {
	request, err := http.NewRequest(http.MethodPost, c.stack.WebURL()+path, strings.NewReader(form.Encode()))
	if err == nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return c.do(request, err)
}

func (c *caller) do(request *http.Request, err error) reply {
	var response *http.Response
	if err == nil {
		request.Header.Set("X-Forwarded-For", c.address)
		response, err = c.client.Do(request)
	}
	if err != nil {
		if !c.patient {
			c.t.Error(err)
		}
		return reply{}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil && !c.patient {
		c.t.Error(err)
	}
	return reply{response.StatusCode, response.Header.Get("Location"), string(body), response.Header}
}

// login logs in at the broker as a persona.
func (c *caller) login(persona string) {
	c.t.Helper()
	if got := c.comeBack(persona); got.status != http.StatusSeeOther {
		c.t.Fatalf("login of %s: %v", persona, got)
	}
}

// comeBack is what the website says to a persona who comes back from the broker.
func (c *caller) comeBack(persona string) reply {
	c.t.Helper()
	page := c.post("/eherkenning/start", nil).body
	back, err := brokertest.Login(http.DefaultClient, c.stack.Broker.URL(), brokertest.Visit{
		SAMLRequest: value(page, "SAMLRequest"), RelayState: value(page, "RelayState"), Username: persona,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return c.get(back.URL)
}

// nonce opens a page and reads the nonce of its form.
func (c *caller) nonce(path string) string {
	c.t.Helper()
	page := c.get(path)
	nonce := value(page.body, "nonce")
	if nonce == "" {
		c.t.Fatalf("%s has no form: %v", path, page)
	}
	return nonce
}

// prove sends the form of the old account.
func (c *caller) prove(a account) reply {
	c.t.Helper()
	return c.submit("/koppelen", a.form(c.nonce("/koppelen")))
}

// submit sends a form, and again while the system says that it is busy.
func (c *caller) submit(path string, form url.Values) reply {
	c.t.Helper()
	ctx := within(c.t, time.Minute)
	for {
		got := c.post(path, form)
		if got.status != http.StatusServiceUnavailable || ctx.Err() != nil {
			return got
		}
		if nonce := value(got.body, "nonce"); nonce != "" {
			form.Set("nonce", nonce)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (a account) form(nonce string) url.Values {
	return url.Values{"nonce": {nonce}, "email": {a.email}, "username": {a.username}, "password": {a.password}}
}

// pinIn waits for the first mail to an address and reads the PIN in it.
func (c *caller) pinIn(email string) string {
	c.t.Helper()
	mail, err := c.stack.Mailbox.Await(within(c.t, mailPatience), email, 1)
	if err != nil {
		c.t.Fatal(err)
	}
	return regexp.MustCompile(`\b\d{6}\b`).FindString(mail.Text)
}

// value reads a hidden field of the main part of a page.
func value(page, name string) string {
	_, main, _ := strings.Cut(page, "<main")
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(main)
	if found == nil {
		return ""
	}
	return strings.NewReplacer("&#43;", "+", "&#34;", `"`, "&amp;", "&").Replace(found[1])
}
