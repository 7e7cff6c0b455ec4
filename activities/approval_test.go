package activities

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"koppel/helpdesk"
	"koppel/mail/mailtest"
	"koppel/onboarding"
)

// Koos is a contact person whose login is of an administration office, not of the board.
const (
	koos       = "koos"
	koosCase   = "33333333-3333-4333-8333-333333333333"
	koosEmail  = "koos@kantoor.example"
	officeKvK  = "90007777"
	schoolHead = "directeur@regenboog.example"
	boardHead  = "bestuur@regenboog.example"
)

// asks has koos prove jane's account. heads are the representatives of the school.
func asks(t *testing.T, heads ...string) (*desk, Checked) {
	t.Helper()
	d := newDesk(t)
	d.PublicURL = "https://koppel.example"
	for _, head := range heads {
		d.db.MustExec(`insert into representatives (institution, email) values ('03AB', $1)`, head)
	}
	d.login(koos, officeKvK)
	d.db.MustExec(`update identities set organisation = 'Kantoor Oost' where hash = $1`, koos)
	d.open(koosCase, koos)
	asked := d.credentials(koosCase, janeUsername, janePassword, koosEmail)
	wantOutcome(t, asked, onboarding.NeedsApproval)
	return d, asked
}

// send sends the mails that are due and returns those of one kind.
func (d *desk) send(jobs []MailJob, kind onboarding.MailKind) (sent []mailtest.Mail) {
	d.t.Helper()
	for _, job := range jobs {
		if job.Kind == onboarding.PINMail {
			continue
		}
		before := len(d.mails.Mails())
		outcome, err := do[Sent](d, d.SendApproval, job)
		noError(d.t, err)
		if mails := d.mails.Mails(); outcome.State == onboarding.MailSent && job.Kind == kind {
			sent = append(sent, mails[before:]...)
		}
	}
	return sent
}

var linkInMail = regexp.MustCompile(`https://koppel\.example/toestemming\?sleutel=([A-Za-z0-9_-]{43})`)

func tokenIn(t *testing.T, m mailtest.Mail) string {
	t.Helper()
	found := linkInMail.FindStringSubmatch(m.Text)
	if found == nil {
		t.Fatalf("no link in %s", m.Text)
	}
	return found[1]
}

// answer is what a representative sends by the page behind a link.
func (d *desk) answer(token string, decision onboarding.Decision) Checked {
	d.t.Helper()
	in := d.hand(koosCase, map[string]any{"token": token, "decision": decision})
	return twice[Checked](d, d.DecideApproval, in)
}

// agents are the ids of those who act for the helpdesk; dirk has been revoked, and otto is an operator.
var agents = map[string]string{"ann": "aaaaaaaa-1111-4111-8111-111111111111", "bob": "bbbbbbbb-1111-4111-8111-111111111111",
	"cem": "cccccccc-1111-4111-8111-111111111111", "dirk": "dddddddd-1111-4111-8111-111111111111",
	"otto": "eeeeeeee-1111-4111-8111-111111111111"}

func (d *desk) hireAgents() {
	for name, id := range agents {
		role := map[bool]string{true: "operator", false: "helpdesk"}[name == "otto"]
		d.db.MustExec(`insert into agents (id, name, role, token_hash, created_at) values ($1, $2, $3, $4, $5)`,
			id, name, role, []byte(id[:32]), d.now)
	}
	d.db.MustExec(`update agents set revoked_at = $1 where name = 'dirk'`, d.now)
}

func (d *desk) agent(name string, decision onboarding.Decision) Checked {
	d.t.Helper()
	return d.agentOn(koosCase, name, decision)
}

func (d *desk) agentOn(caseID, name string, decision onboarding.Decision) Checked {
	d.t.Helper()
	in := AgentDecision{Check: Check{Case: caseID, Update: name + string(decision) + d.now.String()}, Decision: decision,
		Act: helpdesk.Act{Agent: agents[name], Reason: helpdesk.NoRepresentative, Ticket: "HD-100"}}
	return twice[Checked](d, d.AgentDecide, in)
}

func TestRepresentativesOfTheSchoolAreAskedElseThoseOfItsBoard(t *testing.T) {
	for name, test := range map[string]struct {
		school, board bool
		want          []string
	}{
		"of the school":      {true, true, []string{schoolHead}},
		"of the board alone": {false, true, []string{boardHead}},
		"none":               {false, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if test.school {
				d.db.MustExec(`insert into representatives values ('03AB', $1)`, schoolHead)
			}
			if test.board {
				d.db.MustExec(`insert into representatives values ('10249', $1)`, boardHead)
			}
			d.login(koos, officeKvK)
			d.open(koosCase, koos)
			asked := d.credentials(koosCase, janeUsername, janePassword, koosEmail)
			var got []string
			for _, m := range d.send(asked.Mails, onboarding.ApprovalMail) {
				got = append(got, m.To...)
			}
			if strings.Join(got, " ") != strings.Join(test.want, " ") {
				t.Errorf("asked %v, want %v", got, test.want)
			}
			d.wantStep(koosCase, onboarding.AwaitRepresentative)
		})
	}
}

// T2: somebody has stolen a password, has an eHerkenning login and a mailbox of their own.
func TestStolenPasswordDoesNotLinkWithoutTheRepresentative(t *testing.T) {
	d, asked := asks(t, schoolHead)
	if asked.Institutions[0] != "03AB" {
		t.Errorf("institutions %v, want the school first", asked.Institutions)
	}
	owner := d.send(asked.Mails, onboarding.AskedMail)
	if len(owner) != 1 || owner[0].To[0] != ownerEmail || strings.Contains(owner[0].Text, koosEmail) {
		t.Fatalf("the owner was not told, or of whom: %+v", owner)
	}
	if all := d.mails.Mails(); len(all) != 2 || strings.Contains(all[0].Text+all[1].Text, koosEmail) {
		t.Fatalf("want a mail to the owner and to the representative, neither with the address: %+v", all)
	}
	wantOutcome(t, d.pin(koosCase, "123456"), onboarding.EndedPIN)
	d.want(0, `pins where case_id = $1`, koosCase)
	d.want(0, `mails where kind = 'pin'`)
	_, err := do[Completed](d, d.CompleteLinking, Completion{Case: koosCase, Deadline: d.now.Add(time.Hour)})
	noError(t, err)
	d.want(0, `persons`)
	d.want(1, `legacy_accounts where username_key = $1 and password_hash is not null and person is null`, janeUsername)
}

func TestQuestionTellsWhoWhenAndWhichSchoolButNoAddress(t *testing.T) {
	d, asked := asks(t, schoolHead)
	question := d.send(asked.Mails, onboarding.ApprovalMail)[0]
	for _, words := range []string{"Kantoor Oost", officeKvK, "De Regenboog (03AB)", "2 maart 2026", "10.00 uur", "9 maart 2026"} {
		if !strings.Contains(question.Text, words) {
			t.Errorf("no %q in %s", words, question.Text)
		}
	}
	if strings.Contains(question.Text, "kantoor.example") {
		t.Errorf("the address stands in %s", question.Text)
	}
}

func TestApprovalMailsThePINToTheTypedAddressAndStartsTheClocksAnew(t *testing.T) {
	d, asked := asks(t, schoolHead)
	token := tokenIn(t, d.send(asked.Mails, onboarding.ApprovalMail)[0])
	d.now = d.now.Add(6 * 24 * time.Hour)
	approved := d.answer(token, onboarding.Approved)
	wantOutcome(t, approved, onboarding.Accepted)
	if approved.Decision != onboarding.Approved || len(approved.Mails) != 2 {
		t.Fatalf("approved: %+v", approved)
	}
	if told := d.send(approved.Mails, onboarding.ApprovedMail); len(told) != 1 || told[0].To[0] != koosEmail ||
		strings.Contains(told[0].Text, "Regenboog") {
		t.Errorf("told %+v", told)
	}
	pin := d.mailPIN(approved.Mails[1])
	if to := d.mails.Mails()[len(d.mails.Mails())-1].To[0]; to != koosEmail {
		t.Errorf("PIN mailed to %s", to)
	}
	wantOutcome(t, d.pin(koosCase, pin), onboarding.Accepted)
	d.complete(koosCase, onboarding.Accepted)
	d.want(1, `memberships where institution = '03AB'`)
	d.want(1, `audit where event = 'approval.approved' and detail->>'by' = 'representative'`)
	d.want(1, `mails where kind = 'representative_notice' and recipient = $1`, schoolHead)
}

func TestRefusalTakesTheCaseBackToItsProofAndHoldsWhileItIsOpen(t *testing.T) {
	d, asked := asks(t, schoolHead)
	refused := d.answer(tokenIn(t, d.send(asked.Mails, onboarding.ApprovalMail)[0]), onboarding.Declined)
	if refused.Decision != onboarding.Declined {
		t.Fatalf("refused: %+v", refused)
	}
	if told := d.send(refused.Mails, onboarding.NotApprovedMail); len(told) != 1 || told[0].To[0] != koosEmail {
		t.Errorf("told %+v", told)
	}
	d.want(1, `linkings where id = $1 and step = 'await_proof' and refusal = 'not_approved' and account is null and deadline = $2`,
		koosCase, d.now.Add(onboarding.LinkingOpen))
	again := d.credentials(koosCase, janeUsername, janePassword, koosEmail)
	wantOutcome(t, again, onboarding.NotApproved)
	d.want(1, `approvals`)
}

// T19: one answer counts, by the newest link, in time.
func TestLinkIsUsedOnceAndOnlyTheNewestWorks(t *testing.T) {
	for name, test := range map[string]struct {
		before func(d *desk, token string)
		want   onboarding.Outcome
	}{
		"used":      {func(d *desk, token string) { d.answer(token, onboarding.Declined) }, onboarding.AlreadyDecided},
		"reminded":  {func(d *desk, _ string) { must(do[[]MailJob](d, d.RemindApproval, ApprovalTurn{koosCase})) }, onboarding.DeadLink},
		"withdrawn": {func(d *desk, _ string) { must(do[Checked](d, d.WithdrawApproval, Check{Case: koosCase, Update: "w"})) }, onboarding.AlreadyDecided},
		"stopped":   {func(d *desk, _ string) { must(do[any](d, d.CloseLinking, Closing{koosCase, onboarding.Cancelled})) }, onboarding.AlreadyDecided},
		"too old":   {func(d *desk, _ string) { d.now = d.now.Add(onboarding.ApprovalOpen) }, onboarding.DeadLink},
		"asked anew": {func(d *desk, _ string) {
			must(do[Checked](d, d.WithdrawApproval, Check{Case: koosCase, Update: "w"}))
			wantOutcome(d.t, d.credentials(koosCase, janeUsername, janePassword, koosEmail), onboarding.NeedsApproval)
		}, onboarding.DeadLink},
	} {
		t.Run(name, func(t *testing.T) {
			d, asked := asks(t, schoolHead)
			token := tokenIn(t, d.send(asked.Mails, onboarding.ApprovalMail)[0])
			test.before(d, token)
			wantOutcome(t, d.answer(token, onboarding.Approved), test.want)
			d.want(0, `approvals where decision = 'approved'`)
			d.want(0, `pins where case_id = $1`, koosCase)
		})
	}
}

func TestTokenOfNobodyOrOfAnotherCaseDecidesNothing(t *testing.T) {
	d, asked := asks(t, schoolHead)
	token := tokenIn(t, d.send(asked.Mails, onboarding.ApprovalMail)[0])
	wantOutcome(t, d.answer("A"+token[1:]+"x", onboarding.Approved), onboarding.DeadLink)
	d.login("other", officeKvK)
	d.open(rivalCase, "other")
	wantOutcome(t, d.credentials(rivalCase, "duinhaven", janePassword, "o@kantoor.example"), onboarding.NeedsApproval)
	foreign, err := do[Checked](d, d.DecideApproval, d.hand(rivalCase, map[string]any{"token": token, "decision": "approved"}))
	noError(t, err)
	wantOutcome(t, foreign, onboarding.DeadLink)
	d.want(0, `approvals where decision is not null`)
	d.want(0, `mails where link = $1`, []byte(token))
}

func TestTwoRepresentativesAtOnceOneAnswerCounts(t *testing.T) {
	d, asked := asks(t, boardHead, schoolHead)
	questions := d.send(asked.Mails, onboarding.ApprovalMail)
	if len(questions) != 2 || tokenIn(t, questions[0]) == tokenIn(t, questions[1]) {
		t.Fatalf("want a link for each, got %d mails", len(questions))
	}
	outcomes := make([]Checked, 2)
	hand := func(i int, decision onboarding.Decision) Check {
		return d.hand(koosCase, map[string]any{"token": tokenIn(t, questions[i]), "decision": decision})
	}
	yes, no := hand(0, onboarding.Approved), hand(1, onboarding.Declined)
	atOnce(
		func() { outcomes[0] = must(do[Checked](d, d.DecideApproval, yes)) },
		func() { outcomes[1] = must(do[Checked](d, d.DecideApproval, no)) })
	if a, b := outcomes[0].Verdict.Outcome, outcomes[1].Verdict.Outcome; a == b ||
		a != onboarding.AlreadyDecided && b != onboarding.AlreadyDecided {
		t.Errorf("outcomes %s and %s, want one accepted and one too late", a, b)
	}
	d.want(1, `audit where event in ('approval.approved', 'approval.refused')`)
}

func TestReminderHasALinkOfItsOwn(t *testing.T) {
	d, asked := asks(t, schoolHead)
	first := tokenIn(t, d.send(asked.Mails, onboarding.ApprovalMail)[0])
	d.now = d.now.Add(onboarding.ApprovalReminds)
	reminders := twice[[]MailJob](d, d.RemindApproval, ApprovalTurn{koosCase})
	mails := d.send(reminders, onboarding.ApprovalReminderMail)
	if len(mails) != 1 || !strings.HasPrefix(mails[0].Subject, "Herinnering") {
		t.Fatalf("reminders %+v", mails)
	}
	second := tokenIn(t, mails[0])
	if first == second {
		t.Error("the reminder has the old link")
	}
	wantOutcome(t, d.answer(first, onboarding.Approved), onboarding.DeadLink)
	wantOutcome(t, d.answer(second, onboarding.Approved), onboarding.Accepted)
}

func TestQuestionThatWasAnsweredIsNotMailedAnyMore(t *testing.T) {
	d, asked := asks(t, schoolHead)
	must(do[Checked](d, d.WithdrawApproval, Check{Case: koosCase, Update: "w"}))
	if mails := d.send(asked.Mails, onboarding.ApprovalMail); len(mails) != 0 {
		t.Errorf("%d questions mailed", len(mails))
	}
	d.want(1, `mails where kind = 'approval' and state = 'superseded'`)
}

func TestSecondAgentConfirmsWhatTheFirstHasProposed(t *testing.T) {
	d, _ := asks(t)
	d.hireAgents()
	wantOutcome(t, d.agent("dirk", onboarding.Approved), onboarding.NoAgent)
	wantOutcome(t, d.agent("otto", onboarding.Approved), onboarding.NoAgent)
	wantOutcome(t, d.agent("ann", onboarding.Approved), onboarding.Proposed)
	d.now = d.now.Add(time.Minute)
	wantOutcome(t, d.agent("ann", onboarding.Approved), onboarding.SecondNeeded)
	wantOutcome(t, d.agent("bob", onboarding.Declined), onboarding.Proposed)
	d.want(0, `approvals where decision is not null`)
	approved := d.agent("ann", onboarding.Declined)
	wantOutcome(t, approved, onboarding.Accepted)
	d.want(1, `audit where event = 'approval.refused' and detail->>'agent' = $1 and detail->>'proposed_by' = $2
		and detail->>'reason' = 'no_representative' and detail->>'ticket' = 'HD-100'`, agents["ann"], agents["bob"])
	d.want(2, `audit where event = 'approval.proposed'`)
	wantOutcome(t, d.agent("cem", onboarding.Approved), onboarding.AlreadyDecided)
}

func TestQuestionThatNobodyAnswersLapses(t *testing.T) {
	d, _ := asks(t, schoolHead)
	d.now = d.now.Add(onboarding.ApprovalOpen)
	lapsed := twice[Checked](d, d.LapseApproval, ApprovalTurn{koosCase})
	if told := d.send(lapsed.Mails, onboarding.NotAnsweredMail); len(told) != 1 || told[0].To[0] != koosEmail {
		t.Errorf("told %+v", told)
	}
	d.want(1, `linkings where id = $1 and step = 'await_proof' and refusal = 'not_answered'`, koosCase)
	wantOutcome(t, d.credentials(koosCase, janeUsername, janePassword, koosEmail), onboarding.NeedsApproval)
}

func TestClockOfTheCaseGoesOnWhereItStoodAfterAWithdrawal(t *testing.T) {
	d, _ := asks(t, schoolHead)
	opened := d.now
	d.now = d.now.Add(6 * 24 * time.Hour)
	withdrawn := twice[Checked](d, d.WithdrawApproval, Check{Case: koosCase, Update: "w"})
	if withdrawn.Decision != onboarding.Withdrawn || len(withdrawn.Mails) != 0 {
		t.Errorf("withdrawn: %+v", withdrawn)
	}
	d.want(1, `linkings where id = $1 and step = 'await_proof' and refusal = '' and deadline = $2`,
		koosCase, opened.Add(6*24*time.Hour).Add(onboarding.LinkingOpen))
}

func TestApprovalHoldsUntilTheCaseEnds(t *testing.T) {
	d, asked := asks(t, schoolHead)
	d.answer(tokenIn(t, d.send(asked.Mails, onboarding.ApprovalMail)[0]), onboarding.Approved)
	d.now = d.now.Add(onboarding.ProofGood)
	must(do[[]MailJob](d, d.LapseProof, Lapse{Case: koosCase, Deadline: d.now.Add(time.Hour)}))
	wantOutcome(t, d.credentials(koosCase, janeUsername, janePassword, koosEmail), onboarding.Accepted)
	d.want(1, `approvals`)
	wantOutcome(t, d.credentials(koosCase, "duinhaven", janePassword, koosEmail), onboarding.NeedsApproval)
}

func TestQuestionsOfOneLoginAndMailsToOneRepresentativeAreLimited(t *testing.T) {
	d, _ := asks(t, schoolHead)
	for range 4 {
		must(do[Checked](d, d.WithdrawApproval, Check{Case: koosCase, Update: d.now.String()}))
		d.now = d.now.Add(time.Minute)
		wantOutcome(t, d.credentials(koosCase, janeUsername, janePassword, koosEmail), onboarding.NeedsApproval)
	}
	must(do[Checked](d, d.WithdrawApproval, Check{Case: koosCase, Update: "last"}))
	wantOutcome(t, d.credentials(koosCase, janeUsername, janePassword, koosEmail), onboarding.TooManyQuestions)
	d.want(5, `mails where kind = 'approval'`)
	for i := range 3 {
		identity, caseID := string(rune('a'+i)), rivalCase[:35]+string(rune('a'+i))
		d.login(identity, officeKvK)
		d.open(caseID, identity)
		for range 2 {
			d.credentials(caseID, janeUsername, janePassword, koosEmail)
			must(do[Checked](d, d.WithdrawApproval, Check{Case: caseID, Update: caseID + d.now.String()}))
			d.now = d.now.Add(time.Minute)
		}
	}
	d.want(10, `mails where kind = 'approval'`)
	d.want(11, `approvals`)
}
