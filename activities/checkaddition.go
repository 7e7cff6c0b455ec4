package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// additionForm is what web seals for the checks of an addition. Identity is that of the login that sends the form: a
// person may have logged in again, for another organisation, since the case began.
type additionForm struct {
	Identity string `json:"identity"`
	Language string `json:"language"`
	Username string `json:"username"`
	Password string `json:"password"`
	Code     string `json:"code"`
}

// asked is an addition that something is shown for.
type asked struct {
	*store.Addition
	form      additionForm
	at        time.Time       // that the form was sent
	identity  store.Identity  // of the login
	candidate store.Candidate // the institution
}

// CheckContact judges whether the register lets the person add the institution with this login. It looks itself: what
// the form says counts for nothing (threat T20).
func (a *Activities) CheckContact(ctx context.Context, in Check) (Checked, error) {
	return a.judgeAddition(ctx, in, func(tx *store.Tx, q asked, now time.Time) (Checked, error) {
		switch {
		case !q.candidate.Contact:
			return refuseAddition(ctx, tx, q, onboarding.NotContact, now)
		case !q.candidate.OwnBoard:
			return refuseAddition(ctx, tx, q, onboarding.OtherBoard, now)
		}
		return acceptAddition(ctx, tx, q, onboarding.FromRegister, now)
	})
}

// CheckAdditionCredentials judges username and password of the institution's own account of the old system, under the
// limits of a linking.
func (a *Activities) CheckAdditionCredentials(ctx context.Context, in Check) (Checked, error) {
	return a.judgeAddition(ctx, in, func(tx *store.Tx, q asked, now time.Time) (Checked, error) {
		form := credentialsForm{Username: q.form.Username, Password: q.form.Password}
		account, refusal, err := a.verify(ctx, tx, &q.Case, q.identity, form, now)
		if err != nil || refusal.Outcome != "" {
			return Checked{Verdict: refusal}, err
		}
		return a.weighAddition(ctx, tx, q, proofByAccount(account), now)
	})
}

// CheckAdditionCode judges an activation code of the institution, under the limits of a linking.
func (a *Activities) CheckAdditionCode(ctx context.Context, in Check) (Checked, error) {
	return a.judgeAddition(ctx, in, func(tx *store.Tx, q asked, now time.Time) (Checked, error) {
		typed, mistyped := onboarding.ParseActivationCode(q.form.Code) // web has told the person so
		if mistyped != nil {
			return refuse(onboarding.AskAgain), nil
		}
		code, refusal, err := verifyCode(ctx, tx, &q.Case, typed, q.at, now)
		if err != nil || refusal.Outcome != "" {
			return Checked{Verdict: refusal}, err
		}
		return a.weighAddition(ctx, tx, q, proofByCode(code), now)
	})
}

// weighAddition decides what a right credential leads to.
func (a *Activities) weighAddition(ctx context.Context, tx *store.Tx, q asked, p proof, now time.Time) (Checked, error) {
	source := onboarding.FromLegacy
	if p.Code != "" {
		source = onboarding.FromActivation
	}
	switch {
	case p.Institution != q.Institution:
		return refuseAddition(ctx, tx, q, onboarding.OtherInstitution, now)
	case p.Person != "" && p.Person != q.Person:
		return refuseAddition(ctx, tx, q, onboarding.Taken, now)
	case !p.ownBoard(q.identity):
		return refuseAddition(ctx, tx, q, onboarding.OtherBoard, now)
	}
	q.Account, q.Code = p.Account, p.Code
	return acceptAddition(ctx, tx, q, source, now)
}

// judgeAddition is what all checks of an addition do. What cannot be added, whatever is shown for it, is not judged.
func (a *Activities) judgeAddition(ctx context.Context, in Check, judge func(*store.Tx, asked, time.Time) (Checked, error)) (Checked, error) {
	return a.once(ctx, in, func(tx *store.Tx, now time.Time) (Checked, error) {
		var form additionForm
		at, found, err := a.open(ctx, tx, in, now, &form)
		if err != nil || !found {
			return refuse(onboarding.AskAgain), err
		}
		q, err := askAddition(ctx, tx, in.Case, form, at)
		if err != nil {
			return Checked{}, err
		}
		if q.Step.Over() {
			return gone, nil
		}
		var checked Checked
		switch {
		case q.identity.Person != q.Person: // no longer this person's login
			checked, err = refuseAddition(ctx, tx, q, onboarding.AskAgain, now)
		case q.candidate.Member:
			checked, err = refuseAddition(ctx, tx, q, onboarding.AlreadyAdded, now)
		case q.candidate.ClosedOn.Valid:
			checked, err = refuseAddition(ctx, tx, q, onboarding.InstitutionEnded, now)
		default:
			checked, err = judge(tx, q, now)
		}
		if err != nil {
			return Checked{}, err
		}
		return checked, tx.SaveAddition(ctx, *q.Addition)
	})
}

func askAddition(ctx context.Context, tx *store.Tx, caseID string, form additionForm, at time.Time) (asked, error) {
	addition, err := tx.LockAddition(ctx, caseID)
	if err != nil {
		return asked{}, err
	}
	addition.Language, addition.Refusal = form.Language, ""
	identity, err := tx.Identity(ctx, form.Identity)
	if err != nil {
		return asked{}, err
	}
	if identity.Person == addition.Person {
		addition.Identity = form.Identity
	}
	candidate, err := tx.LockCandidate(ctx, addition.Person, identity.Organisation, addition.Institution)
	return asked{&addition, form, at, identity, candidate}, err
}

// refuseAddition leaves the case where it is; the row says why.
func refuseAddition(ctx context.Context, tx *store.Tx, q asked, outcome onboarding.Outcome, now time.Time) (Checked, error) {
	q.Refusal = outcome
	detail := map[string]any{"institution": q.Institution, "outcome": outcome}
	return refuse(outcome), tx.Audit(ctx, event(onboarding.AdditionRefused, q.Case, now, detail))
}

// acceptAddition takes the case to the step in which the institution is added.
func acceptAddition(ctx context.Context, tx *store.Tx, q asked, source onboarding.MembershipSource, now time.Time) (Checked, error) {
	q.Source, q.Step, q.Since, q.LockedUntil = source, onboarding.Completing, now, time.Time{}
	detail := map[string]any{"institution": q.Institution, "source": source}
	return refuse(onboarding.Accepted), tx.Audit(ctx, event(onboarding.AdditionRight, q.Case, now, detail))
}
