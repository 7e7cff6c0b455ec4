package workflows

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"koppel/activities"
	"koppel/onboarding"
)

var accepted = onboarding.Verdict{Outcome: onboarding.Accepted}

var pinMail = activities.MailJob{Case: "case", Kind: onboarding.PINMail, Number: 1, Generation: 1}

// playedLinking plays a linking against scripted activities in the test environment, which skips time. The environment
// gives up an activity after ten attempts where a server would go on.
type playedLinking struct {
	*testsuite.TestWorkflowEnvironment
	t       *testing.T
	started time.Time
	done    []string // activities, in the order in which they began

	credentials func() (activities.Checked, error)
	pin         func() (activities.Checked, error)
	request     func() (activities.Checked, error)
	address     func() (activities.Checked, error)
	settle      func(activities.Settlement) (activities.Checked, error)
	sendPIN     func(activities.MailJob) (activities.Sent, error)
	sendNotice  func() error
	complete    func() (activities.Completed, error)
	retry       onboarding.Outcome // of an operator's RetryNow; empty: accepted
}

func newJourney(t *testing.T) *playedLinking {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	j := &playedLinking{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t,
		started: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	j.SetStartTime(j.started)
	yes := func() (activities.Checked, error) { return activities.Checked{Verdict: accepted}, nil }
	j.credentials = func() (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{pinMail},
			Institutions: []onboarding.InstitutionCode{"03AB", "10249"}}, nil
	}
	j.pin, j.request, j.address = yes, yes, j.credentials
	j.settle = func(s activities.Settlement) (activities.Checked, error) {
		return activities.Checked{Verdict: onboarding.Verdict{Outcome: s.Otherwise}}, nil
	}
	j.sendPIN = func(activities.MailJob) (activities.Sent, error) {
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	j.sendNotice = func() error { return nil }
	j.complete = func() (activities.Completed, error) {
		return activities.Completed{Outcome: onboarding.Accepted,
			Mails: []activities.MailJob{{Case: "case", Kind: onboarding.LinkedMail, Number: 1}}}, nil
	}
	j.register()
	return j
}

var noting sync.Mutex

// noteIn appends the name of an activity to a list. Activities run side by side.
func noteIn(done *[]string, name string) {
	noting.Lock()
	defer noting.Unlock()
	*done = append(*done, name)
}

func (j *playedLinking) register() {
	add := func(name string, f any) { j.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name}) }
	add("AgentRetry", func(context.Context, activities.Help) (activities.Checked, error) {
		return activities.Checked{Verdict: onboarding.Verdict{Outcome: cmp.Or(j.retry, onboarding.Accepted)}}, nil
	})
	note := func(name string) { noteIn(&j.done, name) }
	check := func(name string, f *func() (activities.Checked, error)) {
		add(name, func(context.Context, activities.Check) (activities.Checked, error) { note(name); return (*f)() })
	}
	check("CheckCredentials", &j.credentials)
	check("CheckActivationCode", &j.credentials)
	check("CheckPIN", &j.pin)
	check("RequestPIN", &j.request)
	check("ChangeAddress", &j.address)
	add("OpenLinking", func(context.Context, activities.Opening) error { note("OpenLinking"); return nil })
	add("Settle", func(_ context.Context, s activities.Settlement) (activities.Checked, error) {
		note("Settle")
		return j.settle(s)
	})
	add("SendPIN", func(_ context.Context, m activities.MailJob) (activities.Sent, error) {
		note("SendPIN")
		return j.sendPIN(m)
	})
	add("SendNotice", func(_ context.Context, m activities.MailJob) (activities.Sent, error) {
		note("SendNotice " + string(m.Kind))
		return activities.Sent{State: onboarding.MailSent}, j.sendNotice()
	})
	add("CompleteLinking", func(context.Context, activities.Completion) (activities.Completed, error) {
		note("CompleteLinking")
		return j.complete()
	})
	add("CloseLinking", func(context.Context, activities.Closing) error { note("CloseLinking"); return nil })
	add("LapseProof", func(context.Context, activities.Lapse) ([]activities.MailJob, error) {
		note("LapseProof")
		return []activities.MailJob{{Case: "case", Kind: onboarding.ReminderMail, Number: 1}}, nil
	})
}

// answer is what an update came to.
type answer struct {
	verdict  onboarding.Verdict
	err      error
	rejected bool
	done     bool
}

// send sends an update at a moment of the journey.
func (j *playedLinking) send(after time.Duration, id, update string) *answer {
	return sendUpdate(j.TestWorkflowEnvironment, after, id, update)
}

func sendUpdate(env *testsuite.TestWorkflowEnvironment, after time.Duration, id, update string) *answer {
	got := &answer{}
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(update, id, &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { got.err, got.rejected, got.done = err, true, true },
			OnComplete: func(result any, err error) {
				got.err, got.done = err, true
				got.verdict, _ = result.(onboarding.Verdict)
			},
		}, Submission{Handover: id})
	}, after)
	return got
}

// at looks at the case at a moment of the journey.
func (j *playedLinking) at(after time.Duration, look func(LinkingView)) {
	j.RegisterDelayedCallback(func() {
		value, err := j.QueryWorkflow(LinkingState)
		if err != nil {
			j.t.Errorf("query: %v", err)
			return
		}
		var view LinkingView
		if err := value.Get(&view); err != nil {
			j.t.Error(err)
		}
		look(view)
	}, after)
}

func (j *playedLinking) wantStep(after time.Duration, want onboarding.Step) {
	j.at(after, func(v LinkingView) {
		if v.Step != want {
			j.t.Errorf("after %v the step is %s, want %s", after, v.Step, want)
		}
	})
}

func (j *playedLinking) wantAttention(after time.Duration, want string) {
	j.at(after, func(v LinkingView) {
		if v.Attention != want {
			j.t.Errorf("after %v attention is %q, want %q", after, v.Attention, want)
		}
	})
}

// run plays the journey to its end, which must be want.
func (j *playedLinking) run(want onboarding.Step) {
	j.t.Helper()
	j.ExecuteWorkflow(Linking, LinkingInput{
		Case: "case", Identity: "identity", Reference: "K3TF-9M2Q", Level: onboarding.EH3,
		Supplier: "urn:etoegang:AD:1:entities:1", AuthenticatedAt: j.started, Board: "10249", Language: "nl",
	})
	var result LinkingResult
	if err := j.GetWorkflowResult(&result); err != nil || result.Ending != want {
		j.t.Errorf("the case ended as %q, %v, want %q", result.Ending, err, want)
	}
}

func (j *playedLinking) ended() time.Duration { return j.Now().Sub(j.started) }

func (j *playedLinking) wantDone(want ...string) {
	j.t.Helper()
	if !slices.Equal(j.done, want) {
		j.t.Errorf("activities:\n got %q\nwant %q", j.done, want)
	}
}

func (a *answer) want(t *testing.T, what string, outcome onboarding.Outcome) {
	t.Helper()
	if !a.done || a.err != nil || a.verdict.Outcome != outcome {
		t.Errorf("%s: answered %v %+v %v, want %s", what, a.done, a.verdict, a.err, outcome)
	}
}

func (a *answer) wantRejected(t *testing.T, what string, kind onboarding.Kind) {
	t.Helper()
	var refusal *temporal.ApplicationError
	if !a.rejected || !errors.As(a.err, &refusal) || refusal.Type() != string(kind) {
		t.Errorf("%s: rejected %v with %v, want kind %s", what, a.rejected, a.err, kind)
	}
}

func TestLinkingGoesFromProofToLinked(t *testing.T) {
	j := newJourney(t)
	proof := j.send(time.Minute, "u1", SubmitCredentials)
	j.wantStep(90*time.Second, onboarding.AwaitPIN)
	pin := j.send(2*time.Minute, "u2", SubmitPIN)
	j.run(onboarding.Linked)
	proof.want(t, "proof", onboarding.Accepted)
	pin.want(t, "pin", onboarding.Accepted)
	j.wantDone("OpenLinking", "CheckCredentials", "SendPIN", "CheckPIN", "CompleteLinking", "SendNotice linked")
}

func TestLinkingExpiresWithoutProof(t *testing.T) {
	j := newJourney(t)
	j.run(onboarding.Expired)
	if j.ended() != onboarding.LinkingOpen {
		t.Errorf("expired after %v, want %v", j.ended(), onboarding.LinkingOpen)
	}
	j.wantDone("OpenLinking", "CloseLinking")
}

func TestProofLapsesAfterADayAndThePersonIsReminded(t *testing.T) {
	j := newJourney(t)
	j.send(time.Hour, "u1", SubmitCredentials)
	j.wantStep(time.Hour+onboarding.ProofGood-time.Minute, onboarding.AwaitPIN)
	j.wantStep(time.Hour+onboarding.ProofGood+time.Minute, onboarding.AwaitProof)
	again := j.send(30*time.Hour, "u2", SubmitCredentials)
	j.send(31*time.Hour, "u3", SubmitPIN)
	j.run(onboarding.Linked)
	again.want(t, "second proof", onboarding.Accepted)
	j.wantDone("OpenLinking", "CheckCredentials", "SendPIN", "LapseProof", "SendNotice reminder",
		"CheckCredentials", "SendPIN", "CheckPIN", "CompleteLinking", "SendNotice linked")
}

func TestLinkingExpiresWhileThePINIsAwaited(t *testing.T) {
	j := newJourney(t)
	j.send(60*time.Hour, "u1", SubmitCredentials)
	j.run(onboarding.Expired)
	if j.ended() != onboarding.LinkingOpen {
		t.Errorf("expired after %v, want %v", j.ended(), onboarding.LinkingOpen)
	}
}

func TestLinkingIsNotExpiredWhileTheLinkIsMade(t *testing.T) {
	j := newJourney(t)
	attempts := 0
	j.complete = func() (activities.Completed, error) {
		if attempts++; j.ended() < onboarding.LinkingOpen+time.Minute {
			return activities.Completed{}, errors.New("database away")
		}
		return activities.Completed{Outcome: onboarding.Accepted}, nil
	}
	j.send(71*time.Hour, "u1", SubmitCredentials)
	j.send(onboarding.LinkingOpen-30*time.Second, "u2", SubmitPIN)
	j.wantStep(onboarding.LinkingOpen+time.Second, onboarding.Completing)
	j.run(onboarding.Linked)
	if attempts < 5 {
		t.Errorf("the link was attempted %d times across the deadline", attempts)
	}
}

func TestPersonCancels(t *testing.T) {
	j := newJourney(t)
	j.send(time.Minute, "u1", SubmitCredentials)
	cancel := j.send(time.Hour, "u2", Cancel)
	j.run(onboarding.Cancelled)
	cancel.want(t, "cancel", onboarding.Accepted)
	j.wantDone("OpenLinking", "CheckCredentials", "SendPIN", "CloseLinking")
}

func TestRefusedProofsKeepTheCaseAtItsStep(t *testing.T) {
	for _, outcome := range []onboarding.Outcome{
		onboarding.WrongCredentials, onboarding.Locked, onboarding.Taken, onboarding.NotApproved,
		onboarding.TooManyMails, onboarding.TooManyAddresses, onboarding.AskAgain,
	} {
		j := newJourney(t)
		right := j.credentials
		j.credentials = func() (activities.Checked, error) {
			return activities.Checked{Verdict: onboarding.Verdict{Outcome: outcome, TriesLeft: 4}}, nil
		}
		refused := j.send(time.Minute, "u1", SubmitCredentials)
		j.wantStep(90*time.Second, onboarding.AwaitProof)
		j.RegisterDelayedCallback(func() { j.credentials = right }, 100*time.Second)
		j.send(2*time.Minute, "u2", SubmitCredentials)
		j.send(3*time.Minute, "u3", SubmitPIN)
		j.run(onboarding.Linked)
		refused.want(t, string(outcome), outcome)
		if refused.verdict.TriesLeft != 4 {
			t.Errorf("%s: tries left %d, want 4", outcome, refused.verdict.TriesLeft)
		}
	}
}

func TestRefusedPINsKeepTheCaseAtItsStep(t *testing.T) {
	for _, outcome := range []onboarding.Outcome{
		onboarding.WrongPIN, onboarding.EndedPIN, onboarding.ReplacedPIN, onboarding.Locked, onboarding.AskAgain,
	} {
		j := newJourney(t)
		right := j.pin
		j.pin = func() (activities.Checked, error) {
			return activities.Checked{Verdict: onboarding.Verdict{Outcome: outcome}}, nil
		}
		j.send(time.Minute, "u1", SubmitCredentials)
		refused := j.send(2*time.Minute, "u2", SubmitPIN)
		j.wantStep(150*time.Second, onboarding.AwaitPIN)
		j.RegisterDelayedCallback(func() { j.pin = right }, 160*time.Second)
		j.send(3*time.Minute, "u3", SubmitPIN)
		j.run(onboarding.Linked)
		refused.want(t, string(outcome), outcome)
	}
}

func TestTooManyWrongPINsAreTold(t *testing.T) {
	j := newJourney(t)
	j.pin = func() (activities.Checked, error) {
		return activities.Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Locked},
			Mails: []activities.MailJob{{Case: "case", Kind: onboarding.LockedMail, Number: 1}}}, nil
	}
	j.send(time.Minute, "u1", SubmitCredentials)
	j.send(2*time.Minute, "u2", SubmitPIN)
	j.send(3*time.Minute, "u3", Cancel)
	j.run(onboarding.Cancelled)
	j.wantDone("OpenLinking", "CheckCredentials", "SendPIN", "CheckPIN", "SendNotice locked", "CloseLinking")
}

func TestUpdatesThatDoNotFitTheStepAreRejected(t *testing.T) {
	j := newJourney(t)
	early := map[string]*answer{}
	for _, update := range []string{SubmitPIN, ResendPIN, ChangeAddress, RetryNow} {
		early[update] = j.send(time.Minute, "early"+update, update)
	}
	j.send(2*time.Minute, "u1", SubmitCredentials)
	late := j.send(3*time.Minute, "u2", SubmitCredentials)
	nothing := j.send(3*time.Minute, "u3", RetryNow)
	j.send(4*time.Minute, "u4", Cancel)
	after := j.send(4*time.Minute, "u5", SubmitPIN)
	j.run(onboarding.Cancelled)
	for update, got := range early {
		got.wantRejected(t, update, onboarding.Stale)
	}
	late.wantRejected(t, "second proof", onboarding.Stale)
	nothing.wantRejected(t, "retry without a refused mail", onboarding.Stale)
	after.wantRejected(t, "PIN after cancelling", onboarding.Stale)
}

func TestAccountThatIsTakenAtTheLastMomentBringsTheCaseBackToItsProof(t *testing.T) {
	j := newJourney(t)
	right := j.complete
	j.complete = func() (activities.Completed, error) { return activities.Completed{Outcome: onboarding.Taken}, nil }
	j.send(time.Minute, "u1", SubmitCredentials)
	taken := j.send(2*time.Minute, "u2", SubmitPIN)
	j.wantStep(150*time.Second, onboarding.AwaitProof)
	j.RegisterDelayedCallback(func() { j.complete = right }, 160*time.Second)
	j.send(3*time.Minute, "u3", SubmitCredentials)
	j.send(4*time.Minute, "u4", SubmitPIN)
	j.run(onboarding.Linked)
	taken.want(t, "pin", onboarding.Taken)
}

func TestResendMailsAgainAndKeepsTheStep(t *testing.T) {
	j := newJourney(t)
	j.request = func() (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{{Case: "case", Kind: onboarding.PINMail, Number: 2, Generation: 1}}}, nil
	}
	j.send(time.Minute, "u1", SubmitCredentials)
	resent := j.send(3*time.Minute, "u2", ResendPIN)
	j.wantStep(4*time.Minute, onboarding.AwaitPIN)
	j.send(5*time.Minute, "u3", SubmitPIN)
	j.run(onboarding.Linked)
	resent.want(t, "resend", onboarding.Accepted)
	j.wantDone("OpenLinking", "CheckCredentials", "SendPIN", "RequestPIN", "SendPIN", "CheckPIN", "CompleteLinking", "SendNotice linked")
}

func TestMailThatIsRefusedParksUntilAnotherAddressOrARetry(t *testing.T) {
	for _, update := range []string{ChangeAddress, RetryNow} {
		j := newJourney(t)
		j.sendPIN = func(activities.MailJob) (activities.Sent, error) {
			return activities.Sent{State: onboarding.MailRefused, Code: 550}, nil
		}
		j.send(time.Minute, "u1", SubmitCredentials)
		j.wantAttention(time.Hour, "mail_refused")
		j.wantStep(time.Hour, onboarding.MailingPIN)
		j.RegisterDelayedCallback(func() {
			j.sendPIN = func(activities.MailJob) (activities.Sent, error) {
				return activities.Sent{State: onboarding.MailSent}, nil
			}
		}, 61*time.Minute)
		j.send(62*time.Minute, "u2", update)
		j.wantAttention(63*time.Minute, "")
		j.wantStep(63*time.Minute, onboarding.AwaitPIN)
		j.send(64*time.Minute, "u3", SubmitPIN)
		j.run(onboarding.Linked)
	}
}

func TestMailServerThatIsAwayRaisesAttentionUntilItIsBack(t *testing.T) {
	j := newJourney(t)
	j.sendPIN = func(activities.MailJob) (activities.Sent, error) {
		if j.ended() < 9*time.Minute {
			return activities.Sent{}, errors.New("connection refused")
		}
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	j.send(time.Minute, "u1", SubmitCredentials)
	j.wantAttention(5*time.Minute, "")
	j.wantAttention(7*time.Minute, "slow")
	j.wantStep(8*time.Minute, onboarding.MailingPIN)
	j.wantStep(16*time.Minute, onboarding.AwaitPIN)
	j.wantAttention(16*time.Minute, "")
	j.send(30*time.Minute, "u2", SubmitPIN)
	j.run(onboarding.Linked)
}

func TestAnotherAddressDoesNotWaitForTheMailServerOfTheFirst(t *testing.T) {
	j := newJourney(t)
	j.sendPIN = func(m activities.MailJob) (activities.Sent, error) {
		if m.Number == 1 {
			return activities.Sent{}, errors.New("greylisted")
		}
		return activities.Sent{State: onboarding.MailSent}, nil
	}
	j.address = func() (activities.Checked, error) {
		return activities.Checked{Verdict: accepted, Mails: []activities.MailJob{{Case: "case", Kind: onboarding.PINMail, Number: 2, Generation: 2}}}, nil
	}
	j.send(time.Minute, "u1", SubmitCredentials)
	j.wantStep(8*time.Minute, onboarding.MailingPIN)
	j.send(9*time.Minute, "u2", ChangeAddress)
	j.wantStep(9*time.Minute+time.Second, onboarding.AwaitPIN)
	j.wantAttention(9*time.Minute+time.Second, "")
	j.send(10*time.Minute, "u3", SubmitPIN)
	j.run(onboarding.Linked)
}

func TestCheckWithoutAnswerIsSettled(t *testing.T) {
	committed := activities.Checked{Verdict: accepted, Mails: []activities.MailJob{pinMail}}
	for name, test := range map[string]struct {
		failure error
		stored  *activities.Checked
		want    onboarding.Outcome
		step    onboarding.Step
	}{
		"no slot in time":          {temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START, nil), nil, onboarding.TooBusy, onboarding.AwaitProof},
		"database away":            {errors.New("away"), nil, onboarding.CheckFailed, onboarding.AwaitProof},
		"committed, answer lost":   {errors.New("away"), &committed, onboarding.Accepted, onboarding.AwaitPIN},
		"committed, slow to start": {temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START, nil), &committed, onboarding.Accepted, onboarding.AwaitPIN},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJourney(t)
			j.credentials = func() (activities.Checked, error) { return activities.Checked{}, test.failure }
			if test.stored != nil {
				j.settle = func(activities.Settlement) (activities.Checked, error) { return *test.stored, nil }
			}
			proof := j.send(time.Minute, "u1", SubmitCredentials)
			j.wantStep(2*time.Minute, test.step)
			j.send(3*time.Minute, "u2", Cancel)
			j.run(onboarding.Cancelled)
			proof.want(t, "proof", test.want)
		})
	}
}

func TestEightParallelProofsAreOneCheck(t *testing.T) {
	j := newJourney(t)
	var proofs []*answer
	for i := range 8 {
		proofs = append(proofs, j.send(time.Minute, string(rune('a'+i)), SubmitCredentials))
	}
	j.send(2*time.Minute, "stop", Cancel)
	j.run(onboarding.Cancelled)
	proofs[0].want(t, "the first", onboarding.Accepted)
	for _, other := range proofs[1:] {
		other.wantRejected(t, "another", onboarding.Busy)
	}
	j.wantDone("OpenLinking", "CheckCredentials", "SendPIN", "CloseLinking")
}

func TestDeadlineWaitsForTheCheckThatIsUnderWay(t *testing.T) {
	j := newJourney(t)
	attempts := 0
	j.pin = func() (activities.Checked, error) {
		if attempts++; attempts < 3 {
			return activities.Checked{}, errors.New("database away")
		}
		return activities.Checked{Verdict: accepted}, nil
	}
	j.send(71*time.Hour, "u1", SubmitCredentials)
	pin := j.send(onboarding.LinkingOpen-100*time.Millisecond, "u2", SubmitPIN)
	j.run(onboarding.Linked)
	pin.want(t, "a PIN typed just before the deadline", onboarding.Accepted)
}

func TestProofThatStartsTheCaseWaitsForItsRow(t *testing.T) {
	j := newJourney(t)
	proof := j.send(0, "u1", SubmitCredentials)
	j.send(time.Minute, "u2", Cancel)
	j.run(onboarding.Cancelled)
	proof.want(t, "proof", onboarding.Accepted)
	j.wantDone("OpenLinking", "CheckCredentials", "SendPIN", "CloseLinking")
}
