package workflows

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"koppel/activities"
	"koppel/onboarding"
)

// scene is a state of a case that a helpdesk agent can meet.
type scene struct {
	name string
	play func(*testing.T) (w walk, look time.Duration) // when it is reached; zero: at the end
}

// scenes are all states of a kind of case: its steps, each with every state that its mail can have there, and what else
// the details tell apart. They come from the table, so that a step that it gets is among them.
func scenes(kind string, t table) (all []scene) {
	for _, step := range t.steps() {
		switch {
		case step.Over():
			all = append(all, ending(kind, t, step))
		case slices.Contains(awaitingPIN, step):
			all = append(all, mailScenes(kind, step)...)
		default:
			all = append(all, atStep(kind, step))
			if !step.Rests() {
				all = append(all, slowly(kind, step))
			}
		}
	}
	return append(all, particulars[kind]...)
}

func named(step onboarding.Step, more string) string {
	if more != "" {
		more = ", " + more
	}
	return "`" + string(step) + "`" + more
}

func atStep(kind string, step onboarding.Step) scene {
	return scene{named(step, ""), func(t *testing.T) (walk, time.Duration) {
		w := walks[kind](t)
		reached, _ := w.prepare(step, "", step)
		return w, reached
	}}
}

// ending makes the first event of the table that leads there.
func ending(kind string, cells table, step onboarding.Step) scene {
	return scene{named(step, ""), func(t *testing.T) (walk, time.Duration) {
		row := cells[slices.IndexFunc(cells, func(row transition) bool { return slices.Contains(row.to, step) })]
		w := walks[kind](t)
		scriptHelp(w.env(), onboarding.Accepted)
		reached, _ := w.prepare(row.from[0], row.event, step)
		if row.by != bySystem {
			sendUpdate(w.env(), reached+time.Millisecond, "event", row.event)
		}
		signalEvent(w, row.event, reached)
		return w, 0
	}}
}

// slower is a walk that can hold a step of the system for longer than onboarding.AttentionAfter.
type slower interface{ slow(onboarding.Step) }

func slowly(kind string, step onboarding.Step) scene {
	return scene{named(step, "storing"), func(t *testing.T) (walk, time.Duration) {
		w := walks[kind](t)
		reached, _ := w.prepare(step, "", step)
		w.(slower).slow(step)
		return w, reached + onboarding.AttentionAfter + time.Minute
	}}
}

var mailStates = []onboarding.MailState{onboarding.MailQueued, onboarding.MailLate, onboarding.MailSent, onboarding.MailRefused,
	onboarding.MailBounced, onboarding.MailSuperseded}

func mailScenes(kind string, step onboarding.Step) (all []scene) {
	for _, state := range mailStates {
		name := named(step, "mail `"+string(state)+"`")
		if impossible[pair{step, state}] != "" {
			all = append(all, scene{name: name + ": " + impossible[pair{step, state}]})
			continue
		}
		all = append(all, scene{name, func(t *testing.T) (walk, time.Duration) {
			w := walks[kind](t)
			return w, mailIn(w, step, state)
		}})
	}
	return all
}

type pair struct {
	step onboarding.Step
	mail onboarding.MailState
}

// impossible are the states that no case can have, and why.
var impossible = map[pair]string{
	{onboarding.MailingPIN, onboarding.MailSent}:       "komt niet voor; een aangenomen mail maakt er `await_pin` van",
	{onboarding.MailingPIN, onboarding.MailBounced}:    "komt niet voor; alleen een aangenomen mail komt terug",
	{onboarding.MailingPIN, onboarding.MailSuperseded}: "komt niet voor; de mail die ervoor in de plaats kwam, telt",
	{onboarding.AwaitPIN, onboarding.MailSuperseded}:   "komt niet voor; de mail die ervoor in de plaats kwam, telt",
}

// mailIn brings a case with a PIN to a step and its newest mail in a state. At await_pin that is the second mail, unless
// the first one does.
func mailIn(w walk, step onboarding.Step, state onboarding.MailState) (look time.Duration) {
	held := pinMails(w)
	reached, _ := w.prepare(step, "", step)
	first := step == onboarding.MailingPIN
	away := state == onboarding.MailQueued || state == onboarding.MailLate
	switch {
	case away && first:
		held.mailSaid, held.mailHeld = activities.Sent{State: onboarding.MailSent}, reached+10*time.Minute
	case away:
		w.env().RegisterDelayedCallback(func() { held.mailHeld = reached + 10*time.Minute }, reached)
		sendUpdate(w.env(), reached+time.Second, "another", ResendPIN)
	case state == onboarding.MailRefused && !first:
		held.askAnother(reached+time.Second, mailTurnedDown)
	case state == onboarding.MailBounced:
		w.env().RegisterDelayedCallback(func() {
			w.env().SignalWorkflow(MailBounced, activities.Bounce{MailJob: pinMail, Status: "5.1.1"})
		}, reached)
	}
	if state == onboarding.MailLate {
		return reached + onboarding.AttentionAfter + time.Minute
	}
	return reached + 10*time.Second
}

func pinMails(w walk) *linkingWalk {
	if change, is := w.(*changeWalk); is {
		return &change.held
	}
	return w.(*linkingWalk)
}

// particulars are states of a kind that its steps and mails do not tell apart.
var particulars = map[string][]scene{
	LinkingName: {
		refusedProof("verkeerd wachtwoord", onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 3}),
		refusedProof("op slot", onboarding.Verdict{Outcome: onboarding.Locked, Until: quarterPast}),
		refusedProof("al gekoppeld", onboarding.Verdict{Outcome: onboarding.Taken}),
		refusedPIN("verkeerde pincode", onboarding.Verdict{Outcome: onboarding.WrongPIN, TriesLeft: 3}),
		refusedPIN("op slot", onboarding.Verdict{Outcome: onboarding.Locked, Until: quarterPast}),
		awaitedScene("niemand gevraagd", func(w *linkingWalk) { w.mailed = onboarding.MailRefused }, time.Minute),
		awaitedScene("mail teruggekomen", func(w *linkingWalk) { comesBack(w.env(), time.Minute, question) }, time.Hour),
		awaitedScene("na vijf dagen", func(*linkingWalk) {}, onboarding.ApprovalLate+time.Hour),
		awaitedScene("voorstel van een medewerker", func(w *linkingWalk) {
			w.agents = []activities.Checked{{Verdict: onboarding.Verdict{Outcome: onboarding.Proposed}}}
			w.agent(time.Minute, "fatima", onboarding.Approved)
		}, time.Hour),
	},
	UnlinkingName: {{named(onboarding.AwaitAgent, "niet gemeld door de gebruiker"), func(t *testing.T) (walk, time.Duration) {
		w := walkUnlinking(t).(*unlinkingWalk)
		w.in.Reported = false
		return w, time.Second
	}}},
	PasswordResetName: {
		{named(onboarding.AwaitEnd, "te vaak gevraagd"), func(t *testing.T) (walk, time.Duration) {
			w := walkReset(t).(*walkedReset)
			w.find = outcome(onboarding.TooManyRequests)
			w.update(time.Second, "asked", RequestReset)
			return w, walkedFor
		}},
		{named(onboarding.MailingLink, "elke mail geweigerd"), func(t *testing.T) (walk, time.Duration) {
			w := walkReset(t).(*walkedReset)
			w.send = func(activities.MailJob) (activities.Sent, error) {
				return activities.Sent{State: onboarding.MailRefused, Code: 550}, nil
			}
			w.update(time.Second, "asked", RequestReset)
			return w, walkedFor
		}},
	},
}

var quarterPast = time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)

func refusedProof(name string, verdict onboarding.Verdict) scene {
	return scene{named(onboarding.AwaitProof, name), func(t *testing.T) (walk, time.Duration) {
		w := walkLinking(t).(*linkingWalk)
		w.credentials = func() (activities.Checked, error) { return activities.Checked{Verdict: verdict}, nil }
		w.send(time.Second, "proof", SubmitCredentials)
		return w, time.Minute
	}}
}

func refusedPIN(name string, verdict onboarding.Verdict) scene {
	return scene{named(onboarding.AwaitPIN, name), func(t *testing.T) (walk, time.Duration) {
		w := walkLinking(t).(*linkingWalk)
		w.pin = func() (activities.Checked, error) { return activities.Checked{Verdict: verdict}, nil }
		reached, _ := w.prepare(onboarding.AwaitPIN, "", onboarding.AwaitPIN)
		w.send(reached, "pin", SubmitPIN)
		return w, reached + time.Minute
	}}
}

// awaitedScene looks at a question to a representative after a while.
func awaitedScene(name string, script func(*linkingWalk), after time.Duration) scene {
	return scene{named(onboarding.AwaitRepresentative, name), func(t *testing.T) (walk, time.Duration) {
		w := walkLinking(t).(*linkingWalk)
		reached, _ := w.prepare(onboarding.AwaitRepresentative, "", onboarding.AwaitRepresentative)
		script(w)
		return w, reached + cmp.Or(after, time.Second)
	}}
}
