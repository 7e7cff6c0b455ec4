package activities

import (
	"context"
	"slices"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

// ConfirmUnlink takes the identity from its person in one transaction, if another agent proposed it: sessions of the
// identity are ended, what it had open is void, and mails to both parties are named. The last way in is not removed
// before a new activation code stands ready; the codes that are missing are named by their institutions.
func (a *Activities) ConfirmUnlink(ctx context.Context, in UnlinkAct) (Checked, error) {
	return a.act(ctx, in, helpdesk.Confirm, []onboarding.Step{onboarding.AwaitSecondAgent}, a.confirmUnlink)
}

func (a *Activities) confirmUnlink(ctx context.Context, tx *store.Tx, u *store.Unlinking, identity store.Identity, act helpdesk.Act, now time.Time) (Checked, error) {
	if act.Confirms(u.ProposedBy) != nil {
		return refuse(onboarding.SecondNeeded), nil
	}
	if identity.Person == "" {
		return refuse(onboarding.NotLinked), nil
	}
	ways, err := waysIn(ctx, tx, identity, u.ProposedAt, now)
	if err != nil {
		return Checked{}, err
	}
	last, err := tx.LastIdentity(ctx, identity.Person, identity.Hash)
	if err != nil {
		return Checked{}, err
	}
	if missing := missingCodes(ways, last && helpdesk.Reason(u.Reason).Returns()); len(missing) > 0 {
		return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.CodeNeeded}, Institutions: missing}, nil
	}
	u.Step, u.Since, u.ConfirmedBy, u.Person = onboarding.Notifying, now, act.Agent, identity.Person
	u.Coded = slices.ContainsFunc(ways, func(way store.WayIn) bool { return way.Coded })
	voided, err := unlink(ctx, tx, *u, now)
	if err != nil {
		return Checked{}, err
	}
	mails, err := nameUnlinkMails(ctx, tx, *u, ways, now)
	if err != nil {
		return Checked{}, err
	}
	return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}, Mails: mails, Voided: voided},
		tx.Audit(ctx, event(onboarding.UnlinkConfirmed, u.Case, now, act.Detail(map[string]any{
			"person": identity.Person, "proposed_by": u.ProposedBy, "reported": u.Reported, "last": last})))
}

// missingCodes lists the institutions that nobody could act for any more: of each, a new activation code is wanted. Where
// the person is to come back and has no other identity, a code of one of the institutions is wanted in any case.
func missingCodes(ways []store.WayIn, returns bool) (missing []onboarding.InstitutionCode) {
	coded := false
	for _, way := range ways {
		coded = coded || way.Coded
		if !way.Others && !way.Coded {
			missing = append(missing, way.Institution)
		}
	}
	if returns && !coded && len(missing) == 0 && len(ways) > 0 {
		return []onboarding.InstitutionCode{ways[0].Institution}
	}
	return missing
}

// unlink takes the identity from its person, and whatever it had open with it: it returns the workflows of that.
func unlink(ctx context.Context, tx *store.Tx, u store.Unlinking, now time.Time) (voided []string, err error) {
	voided, err = void(ctx, tx, u.Identity, now, tx.VoidEmailChanges, tx.VoidAdditions, tx.VoidResets)
	if err != nil {
		return nil, err
	}
	if err := tx.DeleteDraft(ctx, u.Identity); err != nil {
		return nil, err
	}
	return voided, tx.Unlink(ctx, u.Identity, u.Person, u.ProposedAt, now)
}

// nameUnlinkMails names the mail to the person and one to each representative of their institutions.
func nameUnlinkMails(ctx context.Context, tx *store.Tx, u store.Unlinking, ways []store.WayIn, now time.Time) ([]MailJob, error) {
	person, err := tx.Person(ctx, u.Person)
	if err != nil {
		return nil, err
	}
	var representatives []onboarding.Email
	for _, way := range ways {
		of, err := tx.Representatives(ctx, way.Institution)
		if err != nil {
			return nil, err
		}
		representatives = append(representatives, of...)
	}
	jobs := []MailJob{{Case: u.ID, Kind: onboarding.UnlinkedMail, Number: 1}}
	to := []onboarding.Email{person.Email}
	for _, email := range representatives {
		if slices.Contains(to, email) {
			continue
		}
		jobs = append(jobs, MailJob{Case: u.ID, Kind: onboarding.UnlinkedNoticeMail, Number: len(to)})
		to = append(to, email)
	}
	for i, job := range jobs {
		if err := requestMail(ctx, tx, u.Case, job.named(to[i], now)); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}
