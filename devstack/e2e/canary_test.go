package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"koppel/devstack"
)

// TestNothingPersonalGetsOut is a journey under bad luck and bad input, with a value of its own in everything that a
// person, a file or the broker can fill in. None of them may be anywhere but where they belong. Postgres may have what
// registers and people are known by, never a password, a PIN or a token. The table is canaryFields.
func TestNothingPersonalGetsOut(t *testing.T) {
	r := startCanaryRun(t)
	r.strangeRequests()
	r.refusedLogin()
	r.proveWrongly()
	r.proveWhileMailIsAway()
	r.typeWrongPINs()
	r.changeAddress()
	r.crashWhileConfirming()
	r.elsewhere()
	r.comesBack()
	r.otherDoors()
	r.chained()
	r.everyFieldWasVisited()
	r.search()
	r.inspectDump()
}

// strangeRequests are what crawlers, scanners and broken brokers send.
func (r *canaryRun) strangeRequests() {
	person := r.person("refused")
	person.get("/?utm=" + r.use("query of the start page"))
	person.get("/" + r.use("path that is no page") + "?q=" + r.use("query of no page"))
	person.get("/eherkenning/acs?" + url.Values{"SAMLart": {r.use("artifact")}, "RelayState": {r.use("relay state")}}.Encode())
	person.get("/eherkenning/acs?SAMLResponse=" + r.use("response of another binding"))
	person.post("/eherkenning/acs", url.Values{"SAMLart": {r.use("posted artifact")}, "RelayState": {r.use("posted relay state")}})
	person.get("/eherkenning/terug?RelayState=" + r.use("relay state of no login"))
}

func (r *canaryRun) refusedLogin() {
	person := r.person("refused")
	page := person.post("/eherkenning/start", nil).body
	back := r.broker(page, "refused")
	wantStatus(r.t, person.get(back), http.StatusForbidden)
	wantStatus(r.t, person.get(back), http.StatusBadRequest) // the same answer again
}

func (r *canaryRun) proveWrongly() {
	kim := r.person("kim")
	kim.login("kim")
	r.tokens(kim)
	kim.get("/koppelen?from=" + r.use("query of a form"))
	right := account{r.use("address"), r.use("username"), r.use("password")}
	for _, wrong := range []account{
		{r.use("address that is none"), right.username, right.password},
		{r.use("address that is too long"), right.username, right.password},
		{right.email, r.use("username, wrong"), r.use("password, wrong")},
		{right.email, r.use("username, too long"), right.password},
		{right.email, right.username, r.use("password, too long")},
	} {
		wantStatus(r.t, r.prove(kim, wrong), http.StatusUnprocessableEntity)
	}
	form := right.form(r.use("nonce"))
	form.Set("surname", r.use("field that no form has"))
	wantStatus(r.t, r.insist(kim, "/koppelen", form), http.StatusUnprocessableEntity)
}

func (r *canaryRun) proveWhileMailIsAway() {
	kim := r.person("kim")
	r.stack.Mailbox.SetFault(devstack.Fault{Code: 451})
	wantStatus(r.t, r.prove(kim, account{r.use("address"), r.use("username"), r.use("password")}), http.StatusSeeOther)
	r.await("the mail is late", `select count(*) > 0 from mails where state = 'late'`)
	r.note(r.temporalNow()) // what it tells of an activity that fails
	r.stack.Mailbox.SetFault(devstack.Fault{})
	r.pin("first PIN", r.use("address"))
}

func (r *canaryRun) typeWrongPINs() {
	kim := r.person("kim")
	r.add("PIN, wrong", other(r.use("first PIN")))
	for _, typed := range []string{r.use("PIN of letters"), r.use("PIN, too long"), r.use("PIN, wrong")} {
		wantStatus(r.t, r.insist(kim, "/koppelen/pincode", url.Values{"pin": {typed}, "nonce": {kim.nonce("/koppelen/pincode")}}), http.StatusUnprocessableEntity)
	}
	kim.post("/koppelen/pincode/opnieuw?again="+r.use("query of a button"), url.Values{"nonce": {kim.nonce("/koppelen/pincode")}})
}

// changeAddress names an address that the mail server refuses for good, then one that works.
func (r *canaryRun) changeAddress() {
	kim := r.person("kim")
	change := func(field string) reply {
		return r.insist(kim, "/koppelen/e-mail", url.Values{"email": {r.use(field)}, "nonce": {kim.nonce("/koppelen/e-mail")}})
	}
	wantStatus(r.t, change("other address that is none"), http.StatusUnprocessableEntity)
	r.stack.Mailbox.SetFault(devstack.Fault{Code: 550})
	wantStatus(r.t, change("address that is refused"), http.StatusSeeOther)
	r.await("the mail is refused", `select count(*) > 0 from mails where state = 'refused'`)
	r.note(r.temporalNow())
	r.stack.Mailbox.SetFault(devstack.Fault{})
	wantStatus(r.t, change("address that is confirmed"), http.StatusSeeOther)
	r.pin("second PIN", r.use("address that is confirmed"))
}

// crashWhileConfirming takes the database, the worker and web away under the PIN.
func (r *canaryRun) crashWhileConfirming() {
	kim := r.person("kim")
	form := url.Values{"pin": {r.use("second PIN")}, "nonce": {kim.nonce("/koppelen/pincode")}}
	for _, name := range []string{"postgres", "temporal", "worker"} {
		part, err := r.stack.Part(name)
		r.must(err)
		r.must(part.Kill())
		wantStatus(r.t, kim.post("/koppelen/pincode", form), http.StatusServiceUnavailable)
		r.must(part.Start(within(r.t, time.Minute)))
		r.note(r.temporalNow())
	}
	r.stack.Web.Kill()
	start(r.t, r.stack.Web)
	wantStatus(r.t, r.insist(kim, "/koppelen/pincode", form), http.StatusSeeOther)
	wantStatus(r.t, kim.get("/start?from="+r.use("query of the last page")), http.StatusOK)
	r.tokens(kim)
	wantStatus(r.t, kim.get("/start"), http.StatusOK) // with the token of somebody who is in
	r.await("the case is over", `select count(*) > 0 from linkings where step = 'linked'`)
}

// elsewhere is somebody of another organisation with what belongs to Kim. They stay logged in.
func (r *canaryRun) elsewhere() {
	bob := r.person("bob")
	bob.login("bob")
	r.tokens(bob)
	refused := r.prove(bob, account{r.use("address of a stranger"), r.use("username"), r.use("password")})
	if refused.status != http.StatusUnprocessableEntity && refused.status != http.StatusSeeOther {
		r.t.Errorf("the stranger got %v", refused)
	}
}

// comesBack lets mail servers report by pipe and by webhook, one truly and the others not.
func (r *canaryRun) comesBack() {
	mails := r.stack.Mailbox.Mails(r.use("address that is confirmed"))
	mail := mails[len(mails)-1]
	report := strings.Replace(returned(mail), "The address is not known here.", r.use("words of a report"), 1)
	report = strings.Replace(report, "Final-Recipient: rfc822; "+strings.Join(mail.To, " "), "Final-Recipient: rfc822; "+r.use("recipient in a report"), 1)
	for _, input := range []string{report, r.use("report that is none")} {
		fmt.Fprintln(&r.sent, input)
		output, err := r.stack.RunWith(r.t.Context(), strings.NewReader(input), "bounce")
		r.note([]byte(fmt.Sprint(output, err)))
	}
	r.await("the report is noted", `select count(*) > 0 from mails where state = 'bounced'`)
	strange := "garbage " + r.use("webhook of a stranger")
	fmt.Fprintln(&r.sent, strange)
	if status := sendReport(r.t, r.stack, strange); status == http.StatusOK {
		r.t.Error("the webhook takes garbage")
	}
}

// chained lets the Schedule run and verifies the audit of all this.
func (r *canaryRun) chained() {
	for _, id := range []string{"koppel-audit-chain", "koppel-housekeeping"} {
		r.must(r.temporal.ScheduleClient().GetHandle(r.t.Context(), id).Trigger(r.t.Context(), client.ScheduleTriggerOptions{}))
	}
	r.await("the audit is chained", `select count(*) = 0 from audit_pending`)
	printed, err := r.stack.Run(r.t.Context(), "audit", "verify")
	if err != nil || !strings.Contains(printed, "rows verified") {
		r.t.Errorf("audit verify: %v\n%s", err, printed)
	}
}

func wantStatus(t *testing.T, got reply, want int) {
	t.Helper()
	if got.status != want {
		t.Fatalf("got %v, want %d\n%s", got, want, got.body)
	}
}

// other is a PIN that is not this one.
func other(pin string) string { return string('0'+(pin[0]-'0'+1)%10) + pin[1:] }
