package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTenQuestionsOfTheHelpdesk brings people into the situations of docs/helpdesk.md, reads what Temporal UI shows of
// them, and types the commands of the page. Every other command of the page is typed at the end.
func TestTenQuestionsOfTheHelpdesk(t *testing.T) {
	t.Parallel()
	stack := startStack(t)
	d := newDesk(t, stack)
	d.migratedAgain()
	jane := d.noMail()
	d.newPIN(jane)
	rik := d.alreadyLinked()
	d.colleagueLeft(jane)
	d.notIn()
	d.lostLetter()
	d.noAnswer()
	piet := d.wrongAddress()
	d.waiting()
	d.notMe(piet)
	d.rest(rik)
	for _, line := range command.FindAllStringSubmatch(d.page, -1) {
		if !slices.Contains(d.ran, verb(line[1])) {
			t.Errorf("docs/helpdesk.md names koppel %s, which was not typed", verb(line[1]))
		}
	}
}

// migratedAgain: what Temporal has to know is registered, once.
func (d *desk) migratedAgain() {
	d.t.Helper()
	printed, err := d.stack.Run(d.t.Context(), "migrate")
	if err != nil || !strings.Contains(printed, "temporal: 0 search attributes added") {
		d.t.Errorf("migrate for the second time: %v\n%s", err, printed)
	}
}

// Workflow types, as Temporal UI shows them.
const (
	linkingType   = "Linking"
	unlinkingType = "Unlinking"
)

const (
	atPIN    = "/koppelen/pincode"
	waitPath = "/koppelen/wachten"
)

func (d *desk) noMail() *caller {
	d.t.Helper()
	jane := newCaller(d.t, d.stack)
	jane.login("jane")
	jane.prove(regenboog1)
	jane.pinIn(regenboog1.email)
	reference := jane.reference(atPIN)
	d.reads(linkingType, "`await_pin`, mail `sent`", reference)
	d.later()
	printed := d.follow(`### 1. "I never got a mail"`, reference, "")
	if !strings.Contains(printed, "aangenomen door de mailserver") {
		d.t.Errorf("show tells nothing of the mail:\n%s", printed)
	}
	if _, err := d.stack.Mailbox.Await(within(d.t, mailPatience), regenboog1.email, 2); err != nil {
		d.t.Error(err)
	}
	return jane
}

// later makes the last mail old enough for another.
func (d *desk) later() {
	d.t.Helper()
	db := openDatabase(d.t, d.stack)
	if _, err := db.ExecContext(d.t.Context(), `update mails set requested_at = requested_at - interval '2 minutes'`); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) newPIN(jane *caller) {
	d.t.Helper()
	pin, reference := jane.pinIn(regenboog1.email), jane.reference(atPIN)
	for range 5 {
		jane.submit(atPIN, url.Values{"nonce": {jane.nonce(atPIN)}, "pin": {differentPIN(pin)}})
	}
	d.reads(linkingType, "`await_pin`, op slot", reference)
	d.follow(`### 6. "My new PIN doesn't work"`, reference, "")
	d.renew(jane)
}

// renew has another PIN mailed, as five wrong ones use one up, and fills it in.
func (d *desk) renew(c *caller) {
	d.t.Helper()
	d.later()
	c.submit(atPIN+"/opnieuw", url.Values{"nonce": {c.nonce(atPIN)}})
	c.send(atPIN, url.Values{"pin": {d.lastPIN(regenboog1.email, 3)}})
	d.reads(linkingType, "`linked`", c.reference("/koppeling"))
}

// lastPIN waits for so many mails with a PIN to an address and reads the last.
func (d *desk) lastPIN(email string, mails int) string {
	d.t.Helper()
	ctx := within(d.t, mailPatience)
	var pins []string
	for len(pins) < mails {
		pins = nil
		for _, mail := range d.stack.Mailbox.Mails(email) {
			if pin := regexp.MustCompile(`\b\d{6}\b`).FindString(mail.Text); pin != "" {
				pins = append(pins, pin)
			}
		}
		select {
		case <-ctx.Done():
			d.t.Fatalf("%s has got %d PINs, want %d", email, len(pins), mails)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return pins[len(pins)-1]
}

// alreadyLinked: the colleague's own code leads to the representative, who is asked about a second person.
func (d *desk) alreadyLinked() *caller {
	d.t.Helper()
	rik := newCaller(d.t, d.stack)
	rik.login("rik")
	own := account{"rik@regenboog.example", regenboog1.username, regenboog1.password}
	rik.prove(own)
	d.reads(linkingType, "`await_proof`, verkeerd wachtwoord", rik.reference("/koppelen"))
	printed := d.follow(`### 2. "It says that my password is wrong, or that I am already linked"`, "", "")
	code := regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`).FindString(printed)
	const byCode = "/koppelen?met=activatiecode"
	if got := rik.submit(byCode, url.Values{"nonce": {rik.nonce(byCode)}, "email": {own.email}, "code": {code}}); got.location != waitPath {
		d.t.Errorf("the code of the colleague leads to %v", got)
	}
	return rik
}

func (d *desk) colleagueLeft(jane *caller) {
	d.t.Helper()
	reference := jane.reference("/koppeling")
	d.follow(`### 3. "My colleague left"`, reference, "")
	d.shows(unlinkingType, "### Ontkoppeld", reference)
	if got := jane.get("/start"); got.status == http.StatusOK {
		d.t.Error("who was unlinked is still in")
	}
}

func (d *desk) notIn() {
	d.t.Helper()
	laura := newCaller(d.t, d.stack)
	page := laura.comeBack("laura")
	if page.location != "" {
		page = laura.get(page.location)
	}
	reference := regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`).FindString(page.body)
	printed := d.follow(`### 4. "I can't get in at all"`, reference, "")
	if !strings.Contains(printed, "Inloggen niet gelukt") {
		d.t.Errorf("show tells nothing of the login:\n%s", printed)
	}
}

func (d *desk) lostLetter() {
	d.t.Helper()
	lost := issueCode(d.t, d.stack, d.agents[0], "16AH")
	printed := d.follow(`### 5. "I lost my letter"`, "", "")
	if strings.Contains(printed, lost) || !strings.Contains(printed, "16AH") {
		d.t.Errorf("the new letter:\n%s", printed)
	}
}

func (d *desk) noAnswer() {
	d.t.Helper()
	koos := newCaller(d.t, d.stack)
	koos.login("koos")
	koos.prove(account{"koos@elders.example", regenboog2.username, regenboog2.password})
	reference := koos.reference(waitPath)
	d.reads(linkingType, "`await_representative`", reference)
	d.follow(`### 7. "The representative does not answer"`, reference, "")
	koos.anyPIN("koos@elders.example")
}

func (d *desk) wrongAddress() *caller {
	d.t.Helper()
	piet := newCaller(d.t, d.stack)
	piet.login("piet")
	typed := regenboog2
	typed.email = "p.peters@regenboog.example"
	piet.prove(typed)
	piet.pinIn(typed.email)
	d.later()
	d.follow(`### 8. "I typed the wrong address"`, piet.reference(atPIN), regenboog2.email+"\n")
	piet.send(atPIN, url.Values{"pin": {d.lastPIN(regenboog2.email, 1)}})
	return piet
}

func (d *desk) waiting() {
	d.t.Helper()
	tess := newCaller(d.t, d.stack)
	tess.login("tess")
	reference := tess.reference("/koppelen")
	d.reads(linkingType, "`await_proof`", reference)
	if printed := d.follow(`### 9. "I'm waiting, what now?"`, reference, ""); !strings.Contains(printed, reference) {
		d.t.Errorf("the list lacks %s:\n%s", reference, printed)
	}
}

// notMe reports by mistake first.
func (d *desk) notMe(piet *caller) {
	d.t.Helper()
	reference := piet.reportOwnLink()
	d.reads(unlinkingType, "`await_agent`", reference)
	d.run("helpdesk unlink dismiss K3TF-9M2Q --reason mistake --ticket HD-20261", reference, "", false)
	d.shows(unlinkingType, "### Gestopt", reference)
	reference = piet.reportOwnLink()
	d.follow(`### 10. "This link was not me"`, reference, "")
	d.shows(unlinkingType, "### Ontkoppeld", reference)
}

// reportOwnLink says at Uw koppeling that the own link was not the person, and returns the reference on the page after it.
func (c *caller) reportOwnLink() (reference string) {
	c.t.Helper()
	which := regexp.MustCompile(`/koppeling/niet-van-mij\?welke=([^"]+)`).FindStringSubmatch(c.get("/koppeling").body)
	if which == nil {
		c.t.Fatal("no link can be reported")
	}
	nonce := c.nonce("/koppeling/niet-van-mij?welke=" + which[1])
	reported := c.post("/koppeling/niet-van-mij", url.Values{"nonce": {nonce}, "welke": {which[1]}})
	return regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`).FindString(reported.body)
}

// rest types what else the page names: lists, a refusal of another question to a representative, a code that is voided.
func (d *desk) rest(rik *caller) {
	d.t.Helper()
	for _, list := range regexp.MustCompile("`koppel (helpdesk list [^`]*)`").FindAllStringSubmatch(d.page, -1) {
		d.run(list[1], "", "", false)
	}
	koos := newCaller(d.t, d.stack)
	koos.login("koos")
	d.run("helpdesk cancel K3TF-9M2Q --reason mistake --ticket HD-20261", koos.reference(atPIN), "", false)
	reference := rik.reference(waitPath)
	if printed := d.run("helpdesk list --step await_representative --older 1s", "", "", false); !strings.Contains(printed, reference) {
		d.t.Errorf("the list by step and time lacks %s:\n%s", reference, printed)
	}
	for _, second := range []bool{false, true} {
		d.run("helpdesk refuse K3TF-9M2Q --reason no_answer --ticket HD-20261", reference, "", second)
	}
	d.run("helpdesk code void 16AH --reason mistake --ticket HD-20261", "", "", false)
}
