package activities

import (
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// SeekAdditionApproval has the representatives of the institution asked whether the person may add it. Accepted: there is
// nothing to ask, since the register says so by now. A refusal holds for as long as the case is open.
func (a *Activities) SeekAdditionApproval(ctx context.Context, in Check) (Checked, error) {
	return a.judgeAddition(ctx, in, func(tx *store.Tx, q asked, now time.Time) (Checked, error) {
		if q.candidate.Addable() {
			return acceptAddition(ctx, tx, q, onboarding.FromRegister, now)
		}
		answer, err := tx.DecisionOn(ctx, q.ID, string(q.Institution))
		if err != nil {
			return Checked{}, err
		}
		if answer == onboarding.Declined {
			return refuseAddition(ctx, tx, q, onboarding.NotApproved, now)
		}
		person, err := tx.Person(ctx, q.Person)
		if err != nil {
			return Checked{}, err
		}
		ground := onboarding.OtherOrganisation
		if q.candidate.OwnBoard {
			ground = onboarding.NoContact
		}
		return a.ask(ctx, tx, &q.Case, asking{kind: onboarding.AdditionCase, institution: q.Institution, ground: ground,
			subject: string(q.Institution), address: person.Email}, now)
	})
}

// additionAnswered takes an addition on that waited: the institution is being added, or the case is back at its proof.
// The clock of the case starts anew; when the person has withdrawn the question it goes on where it stood.
func additionAnswered(ctx context.Context, tx *store.Tx, asked store.Approval, now time.Time) ([]MailJob, error) {
	addition, err := tx.LockAddition(ctx, asked.Case)
	if err != nil {
		return nil, err
	}
	again := now.Add(onboarding.AdditionOpen)
	switch asked.Decision {
	case onboarding.Approved:
		return nil, additionApproved(ctx, tx, addition, again, now)
	case onboarding.Declined:
		return additionNotApproved(ctx, tx, addition, asked, onboarding.NotApproved, onboarding.NotApprovedMail, again, now)
	case onboarding.Lapsed:
		return additionNotApproved(ctx, tx, addition, asked, onboarding.NotAnswered, onboarding.NotAnsweredMail, again, now)
	}
	return nil, proveAgain(ctx, tx, addition, "", asked.Paused.Add(now.Sub(asked.RequestedAt)), now)
}

// additionApproved has the institution added. The person is told when it is.
func additionApproved(ctx context.Context, tx *store.Tx, addition store.Addition, deadline, now time.Time) error {
	addition.Step, addition.Since, addition.Deadline = onboarding.Completing, now, deadline
	addition.Source, addition.Refusal = onboarding.FromApproval, ""
	if err := tx.SaveAddition(ctx, addition); err != nil {
		return err
	}
	detail := map[string]any{"institution": addition.Institution, "source": addition.Source}
	return tx.Audit(ctx, event(onboarding.AdditionRight, addition.Case, now, detail))
}

func additionNotApproved(ctx context.Context, tx *store.Tx, addition store.Addition, asked store.Approval, refusal onboarding.Outcome, kind onboarding.MailKind, deadline, now time.Time) ([]MailJob, error) {
	told, err := nameAnswer(ctx, tx, asked, kind, now)
	if err != nil {
		return nil, err
	}
	return told, proveAgain(ctx, tx, addition, refusal, deadline, now)
}
