package e2e

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"koppel/devstack"
)

// told is everything that the people of TestHistoriesOfTheOtherCases type, and what stands in their mails and registers:
// none of it may reach Temporal.
var told = []string{regenboog1.email, regenboog1.username, regenboog1.password, regenboog2.username, regenboog2.password,
	"koos@elders.example", "jane@elders.example", "bestuur@regenboog.example", "Jansen", "Anders", "90001234"}

// TestHistoriesOfTheOtherCases takes every kind of case beside the plain link through its happy path, on one stack, and
// records what package workflows replays.
func TestHistoriesOfTheOtherCases(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	jane := linked(t, stack)
	for _, kind := range []struct {
		name string
		take func() (secrets []string, query string)
	}{
		{"addition-happy-path", func() ([]string, string) { return jane.addInstitution("14JT") }},
		{"addition-approved", func() ([]string, string) { return jane.addByApproval(t, stack, "16AH") }},
		{"emailchange-happy-path", func() ([]string, string) { return jane.changeEmail("jane@elders.example") }},
		{"linking-approved", func() ([]string, string) { return linkByApproval(t, stack, "koos@elders.example") }},
		{"passwordreset-happy-path", func() ([]string, string) { return resetPassword(t, stack) }},
		{"unlinking-confirmed", func() ([]string, string) { return unlink(t, stack) }},
	} {
		secrets, find := kind.take()
		var id string
		query(t, stack, find, &id)
		history := finishedHistoryOf(t, stack, id)
		t.Logf("%s: %d events", kind.name, len(history.Events))
		for _, secret := range append(secrets, told...) {
			if strings.Contains(plain(history), secret) {
				t.Errorf("the history of %s holds %q", kind.name, secret)
			}
		}
		record(t, kind.name, history)
	}
}

// linked is Jane, who has just linked her account.
func linked(t *testing.T, stack *devstack.Stack) *caller {
	t.Helper()
	c := newCaller(t, stack)
	c.login("jane")
	c.prove(regenboog1)
	c.send("/koppelen/pincode", url.Values{"pin": {c.pinIn(regenboog1.email)}})
	return c
}

// send opens a page and sends its form to the same path; it must lead on.
func (c *caller) send(path string, form url.Values) {
	c.t.Helper()
	form.Set("nonce", c.nonce(path))
	path, _, _ = strings.Cut(path, "?")
	if got := c.submit(path, form); got.status != http.StatusSeeOther {
		c.t.Fatalf("%s: %v\n%s", path, got, got.body)
	}
}

// addInstitution adds an institution for which the register names the caller. It returns the query for the case.
func (c *caller) addInstitution(code string) (secrets []string, query string) {
	c.t.Helper()
	c.send("/account-toevoegen/controleren?instelling="+code, url.Values{"keuze": {code}})
	return nil, `select workflow_id from additions where institution = '14JT'`
}

// addByApproval adds an institution of another board, which its representative approves.
func (c *caller) addByApproval(t *testing.T, stack *devstack.Stack, code string) (secrets []string, query string) {
	t.Helper()
	representative := newCaller(t, stack)
	nonce := c.nonce("/account-toevoegen/bewijs?instelling=" + code)
	form := url.Values{"nonce": {nonce}, "instelling": {code}}
	if got := c.submit("/account-toevoegen/toestemming", form); got.status != http.StatusSeeOther {
		t.Fatalf("%v\n%s", got, got.body)
	}
	token := representative.mailedToken("voorzitter@linde.example", "/toestemming")
	representative.send("/toestemming", url.Values{"antwoord": {"toestaan"}})
	return []string{token, "voorzitter@linde.example"}, `select workflow_id from additions where institution = '16AH'`
}

// changeEmail confirms another address.
func (c *caller) changeEmail(email string) (secrets []string, query string) {
	c.t.Helper()
	c.send("/koppeling/e-mail", url.Values{"email": {email}})
	pin := c.anyPIN(email)
	c.send("/koppeling/e-mail/pincode", url.Values{"pin": {pin}})
	return []string{pin}, `select workflow_id from email_changes`
}

// linkByApproval links an account of another organisation, which its representative approves.
func linkByApproval(t *testing.T, stack *devstack.Stack, email string) (secrets []string, query string) {
	t.Helper()
	c, representative := newCaller(t, stack), newCaller(t, stack)
	c.login("koos")
	c.prove(account{email, regenboog2.username, regenboog2.password})
	token := representative.mailedToken("bestuur@regenboog.example", "/toestemming")
	representative.send("/toestemming", url.Values{"antwoord": {"toestaan"}})
	pin := c.anyPIN(email)
	c.send("/koppelen/pincode", url.Values{"pin": {pin}})
	return []string{pin, token}, `select workflow_id from approvals where kind = 'linking'`
}

// resetPassword has Piet ask for a new password, which the representative chooses.
func resetPassword(t *testing.T, stack *devstack.Stack) (secrets []string, find string) {
	t.Helper()
	c, representative := newCaller(t, stack), newCaller(t, stack)
	c.login("piet")
	c.send("/wachtwoord-vergeten", url.Values{"account": {regenboog2.username}})
	token := representative.mailedToken("bestuur@regenboog.example", "/wachtwoord/nieuw")
	chosen := "een nieuw begin 2026"
	representative.send("/wachtwoord/nieuw", url.Values{"new": {chosen}})
	return []string{token, chosen}, `select workflow_id from resets`
}

// unlink has two agents take Jane's login from her, after the code that leaves her institution a way in.
func unlink(t *testing.T, stack *devstack.Stack) (secrets []string, find string) {
	t.Helper()
	agents := []string{agent(t, stack, "Annabel"), agent(t, stack, "Berend")}
	why := []string{"--reason", "not_mine", "--ticket", "HD-20261"}
	var reference string
	query(t, stack, `select reference from linkings order by deadline limit 1`, &reference)
	act(t, stack, agents[0], append([]string{"helpdesk", "unlink", reference}, why...)...)
	for _, institution := range []string{"03AB", "14JT", "16AH"} {
		issueCode(t, stack, agents[0], institution)
	}
	act(t, stack, agents[1], append([]string{"helpdesk", "unlink", "confirm", reference}, why...)...)
	return append(agents, "Annabel", "Berend"), `select workflow_id from unlinkings`
}

// agent adds somebody to the helpdesk and returns the token.
func agent(t *testing.T, stack *devstack.Stack, name string) (token string) {
	t.Helper()
	output, err := stack.Run(t.Context(), "agent", "add", name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(output)
}

// issueCode lets an agent make an activation code.
func issueCode(t *testing.T, stack *devstack.Stack, token, institution string) string {
	t.Helper()
	output, err := stack.RunAs(t.Context(), token, "helpdesk", "code", "issue", institution, "--reason", "new_institution", "--ticket", "HD-20262",
		"--letter", filepath.Join(t.TempDir(), "letter.html"))
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`).FindString(output)
}

// act lets an agent run the program.
func act(t *testing.T, stack *devstack.Stack, token string, arguments ...string) {
	t.Helper()
	if _, err := stack.RunAs(t.Context(), token, arguments...); err != nil {
		t.Fatal(err)
	}
}

// mailedToken waits for a mail with a link to a path, opens it, and returns its token.
func (c *caller) mailedToken(email, path string) string {
	c.t.Helper()
	found := c.inMails(email, regexp.MustCompile(regexp.QuoteMeta(path)+`\?sleutel=(\S+)`))
	if got := c.get(path + "?sleutel=" + url.QueryEscape(found)); got.status != http.StatusSeeOther {
		c.t.Fatalf("the link in the mail: %v", got)
	}
	return found
}

// anyPIN waits for a PIN among the mails to an address.
func (c *caller) anyPIN(email string) string {
	c.t.Helper()
	return c.inMails(email, regexp.MustCompile(`\b(\d{6})\b`))
}

// inMails waits for the first mail to an address in which something is found.
func (c *caller) inMails(email string, wanted *regexp.Regexp) string {
	c.t.Helper()
	for number := 1; ; number++ {
		mail, err := c.stack.Mailbox.Await(within(c.t, mailPatience), email, number)
		if err != nil {
			c.t.Fatalf("no mail to %s has %s: %v", email, wanted, err)
		}
		if found := wanted.FindStringSubmatch(mail.Text); found != nil {
			return found[1]
		}
	}
}
