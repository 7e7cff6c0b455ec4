package activities

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"koppel/helpdesk"
	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// UnlinkOpening starts an unlinking.
type UnlinkOpening struct {
	Case      string
	Identity  string
	Reference onboarding.Reference
	Reported  bool // by the person; else an agent begins
	At        time.Time
	Deadline  time.Time
}

// UnlinkAct is what an agent does about an unlinking.
type UnlinkAct struct {
	Check
	Act helpdesk.Act
}

// OpenUnlinking writes the row of the case and returns the institutions of the person: public register codes.
func (a *Activities) OpenUnlinking(ctx context.Context, in UnlinkOpening) ([]onboarding.InstitutionCode, error) {
	var institutions []onboarding.InstitutionCode
	return institutions, a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		identity, err := tx.Identity(ctx, in.Identity)
		if err != nil {
			return err
		}
		ways, err := waysIn(ctx, tx, identity, time.Time{}, now)
		if err != nil {
			return err
		}
		for _, way := range ways {
			institutions = append(institutions, way.Institution)
		}
		language, err := languageOf(ctx, tx, identity.Person)
		if err != nil {
			return err
		}
		u := store.Unlinking{Person: identity.Person, Reported: in.Reported, Case: store.Case{
			ID: in.Case, WorkflowID: activity.GetInfo(ctx).WorkflowExecution.ID, Identity: in.Identity, Reference: in.Reference,
			Language: language, Step: onboarding.AwaitAgent, Since: in.At, Deadline: in.Deadline,
		}}
		if err := tx.OpenUnlinking(ctx, u); err != nil || !in.Reported {
			return err
		}
		return a.auditReport(ctx, tx, u, now)
	})
}

// languageOf is the language of a person's mails; Dutch where there is no person.
func languageOf(ctx context.Context, tx *store.Tx, person string) (string, error) {
	if person == "" {
		return string(messages.Dutch), nil
	}
	found, err := tx.Person(ctx, person)
	return found.Language, err
}

// auditReport tells once that the person asked for it.
func (a *Activities) auditReport(ctx context.Context, tx *store.Tx, u store.Unlinking, now time.Time) error {
	told, err := tx.LastOfCase(ctx, u.ID, 1)
	if err != nil || len(told) > 0 {
		return err
	}
	return tx.Audit(ctx, event(onboarding.UnlinkReported, u.Case, now, nil))
}

// waysIn lists the institutions of the identity's person; none when it has no person.
func waysIn(ctx context.Context, tx *store.Tx, identity store.Identity, issuedAfter, now time.Time) ([]store.WayIn, error) {
	if identity.Person == "" {
		return nil, nil
	}
	return tx.WaysIn(ctx, identity.Person, identity.Hash, issuedAfter, now)
}

// unlinkJudge decides on an act of an agent, whose case and identity are held. It changes u; the caller saves it.
type unlinkJudge func(ctx context.Context, tx *store.Tx, u *store.Unlinking, identity store.Identity, act helpdesk.Act, now time.Time) (Checked, error)

// act has an act of an agent judged, once per update. What an agent may not do, or what comes when the case is at another
// step, changes nothing.
func (a *Activities) act(ctx context.Context, in UnlinkAct, verb helpdesk.Verb, at []onboarding.Step, judge unlinkJudge) (Checked, error) {
	return a.once(ctx, in.Check, func(tx *store.Tx, now time.Time) (Checked, error) {
		may, err := mayAct(ctx, tx, in.Act, verb)
		if err != nil || !may {
			return refuse(onboarding.NoAgent), err
		}
		u, err := tx.LockUnlinking(ctx, in.Case)
		if err != nil {
			return Checked{}, err
		}
		if !slices.Contains(at, u.Step) {
			return refuse(onboarding.AskAgain), nil
		}
		identity, err := tx.HoldIdentity(ctx, u.Identity)
		if err != nil {
			return Checked{}, err
		}
		checked, err := judge(ctx, tx, &u, identity, in.Act, now)
		if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
			return checked, err
		}
		return checked, tx.SaveUnlinking(ctx, u)
	})
}

// ProposeUnlink notes that an agent wants an identity taken from its person. Another agent has to confirm it.
func (a *Activities) ProposeUnlink(ctx context.Context, in UnlinkAct) (Checked, error) {
	return a.act(ctx, in, helpdesk.Propose, []onboarding.Step{onboarding.AwaitAgent}, proposeUnlink)
}

func proposeUnlink(ctx context.Context, tx *store.Tx, u *store.Unlinking, identity store.Identity, act helpdesk.Act, now time.Time) (Checked, error) {
	if identity.Person == "" {
		return refuse(onboarding.NotLinked), nil
	}
	u.Step, u.Since, u.Deadline = onboarding.AwaitSecondAgent, now, now.Add(onboarding.UnlinkingOpen)
	u.ProposedBy, u.ProposedAt, u.Reason = act.Agent, now, string(act.Reason)
	return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted, Until: u.Deadline}},
		tx.Audit(ctx, event(onboarding.UnlinkProposed, u.Case, now, act.Detail(nil)))
}

// DismissUnlink ends a report or a proposal without doing it.
func (a *Activities) DismissUnlink(ctx context.Context, in UnlinkAct) (Checked, error) {
	open := []onboarding.Step{onboarding.AwaitAgent, onboarding.AwaitSecondAgent}
	return a.act(ctx, in, helpdesk.Dismiss, open, func(ctx context.Context, tx *store.Tx, u *store.Unlinking, _ store.Identity, act helpdesk.Act, now time.Time) (Checked, error) {
		u.Step, u.Since = onboarding.Cancelled, now
		return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}},
			tx.Audit(ctx, event(onboarding.UnlinkDismissed, u.Case, now, act.Detail(map[string]any{"reported": u.Reported})))
	})
}

// CloseUnlinking ends a case that nobody has decided in time.
func (a *Activities) CloseUnlinking(ctx context.Context, in Closing) error {
	return a.transact(ctx, func(tx *store.Tx, now time.Time) error {
		u, err := tx.LockUnlinking(ctx, in.Case)
		if err != nil || u.Step.Over() {
			return err
		}
		u.Step, u.Since = in.Step, now
		if err := tx.SaveUnlinking(ctx, u); err != nil {
			return err
		}
		return tx.Audit(ctx, event(onboarding.Event(in.Step), u.Case, now, nil))
	})
}
