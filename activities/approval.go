package activities

import (
	"context"
	"crypto/sha256"
	"strconv"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// asking is what representatives are asked to approve: that a login uses something of their institution.
type asking struct {
	kind        onboarding.CaseKind
	institution onboarding.InstitutionCode
	ground      onboarding.Ground
	subject     string           // what the login wants to use; an answer holds for it until the case ends
	address     onboarding.Email // of whoever waits
	owner       onboarding.Email // of the account, told at once that somebody else may get it; empty: nobody
}

// seekApproval has the representatives asked whether the login may use what was proved, unless the
// case has their answer already.
func (a *Activities) seekApproval(ctx context.Context, tx *store.Tx, l *store.Linking, identity store.Identity, p proof, email onboarding.Email, now time.Time) (Checked, error) {
	answer, err := tx.DecisionOn(ctx, l.ID, p.subject())
	switch {
	case err != nil:
		return Checked{}, err
	case answer == onboarding.Approved:
		return a.accept(ctx, tx, l, p, email, now)
	case answer == onboarding.Declined:
		return refuseProof(ctx, tx, l, onboarding.NotApproved, now)
	}
	ground := onboarding.OtherOrganisation
	if p.ownBoard(identity) {
		ground = onboarding.HeldAlready
	}
	checked, err := a.ask(ctx, tx, &l.Case, asking{onboarding.LinkingCase, p.Institution, ground, p.subject(), email, p.Owner}, now)
	if err != nil || checked.Verdict.Outcome != onboarding.NeedsApproval {
		return checked, err
	}
	p.keepIn(l)
	checked.Institutions = p.institutions()
	return checked, tx.Audit(ctx, event(onboarding.ProofMismatch, l.Case, now, map[string]any{"institution": p.Institution}))
}

// ask puts a question to the representatives and lets the case wait for the answer. No mail among those due goes to a
// representative when none is known, or all have had too many: then the helpdesk decides. The caller saves the case.
func (a *Activities) ask(ctx context.Context, tx *store.Tx, c *store.Case, q asking, now time.Time) (Checked, error) {
	counts, err := hold(ctx, tx, now, counter{limit: onboarding.ApprovalsPerIdentity, subject: c.Identity})
	if err != nil {
		return Checked{}, err
	}
	if until := counts.lockedUntil(now); !until.IsZero() {
		return refuseUntil(onboarding.TooManyQuestions, until), nil
	}
	if err := counts.add(ctx, tx, now); err != nil {
		return Checked{}, err
	}
	asked, err := a.addApproval(ctx, tx, *c, q, now)
	if err != nil {
		return Checked{}, err
	}
	mails, err := a.nameQuestions(ctx, tx, asked, onboarding.ApprovalMail, now)
	if err != nil {
		return Checked{}, err
	}
	err = tx.Audit(ctx, event(onboarding.ApprovalAsked, *c, now, map[string]any{
		"number": asked.Number, "institution": q.institution, "mails": len(mails)}))
	if err == nil && q.owner != "" {
		job := MailJob{Case: c.ID, Kind: onboarding.AskedMail, Number: asked.Number, Generation: asked.Number}
		mails, err = append(mails, job), requestMail(ctx, tx, *c, job.named(q.owner, now))
	}
	c.Step, c.Since, c.Deadline = onboarding.AwaitRepresentative, now, asked.ExpiresAt
	return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.NeedsApproval, Until: asked.ExpiresAt}, Mails: mails}, err
}

func (a *Activities) addApproval(ctx context.Context, tx *store.Tx, c store.Case, q asking, now time.Time) (store.Approval, error) {
	last, err := tx.LockApproval(ctx, c.ID)
	if err != nil && onboarding.KindOf(err) != onboarding.NotFound {
		return store.Approval{}, err
	}
	asked := store.Approval{
		Case: c.ID, Number: last.Number + 1, Kind: q.kind, WorkflowID: c.WorkflowID, Identity: c.Identity, Reference: c.Reference,
		Institution: q.institution, Ground: q.ground, Subject: q.subject, Language: c.Language, KeyID: a.PINs.ActiveID(),
		Paused: c.Deadline, RequestedAt: now, ExpiresAt: now.Add(onboarding.ApprovalOpen),
	}
	asked.Address, err = a.Records.Seal(store.ApprovalAddress(c.ID, asked.Number), []byte(q.address))
	if err != nil {
		return store.Approval{}, err
	}
	return asked, tx.AddApproval(ctx, asked)
}

// nameQuestions names a mail with a link of its own to each representative.
func (a *Activities) nameQuestions(ctx context.Context, tx *store.Tx, asked store.Approval, kind onboarding.MailKind, now time.Time) ([]MailJob, error) {
	representatives, err := tx.Representatives(ctx, asked.Institution)
	if err != nil {
		return nil, err
	}
	earlier, err := tx.Mails(ctx, asked.Case, kind)
	if err != nil {
		return nil, err
	}
	var jobs []MailJob
	for _, email := range representatives {
		counts, err := hold(ctx, tx, now, counter{limit: onboarding.ApprovalMailsPerAddress, subject: a.Lookup.Hash("address", fold(email))})
		if err != nil {
			return nil, err
		}
		if !counts.lockedUntil(now).IsZero() {
			continue
		}
		job := MailJob{Case: asked.Case, Kind: kind, Number: len(earlier) + len(jobs) + 1, Generation: asked.Number}
		if err := a.nameQuestion(ctx, tx, asked, job, email, now); err != nil {
			return nil, err
		}
		if err := counts.add(ctx, tx, now); err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

func (a *Activities) nameQuestion(ctx context.Context, tx *store.Tx, asked store.Approval, job MailJob, to onboarding.Email, now time.Time) error {
	token, err := a.approvalToken(asked, job)
	if err != nil {
		return err
	}
	named := job.named(to, now)
	named.Link = linkOf(token)
	return requestMail(ctx, tx, approvalCase(asked), named)
}

// approvalToken derives the token in a mail to a representative: named with the mail, and again when it is sent.
func (a *Activities) approvalToken(asked store.Approval, job MailJob) (string, error) {
	return a.PINs.Token(asked.KeyID, "approval", asked.Case, string(job.Kind), strconv.Itoa(job.Number))
}

// linkOf is what is kept of a token.
func linkOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// named is the row of a mail that goes to somebody else than the person of the case.
func (job MailJob) named(to onboarding.Email, now time.Time) store.Mail {
	return store.Mail{Kind: job.Kind, Number: job.Number, Generation: job.Generation, RequestedAt: now, Recipient: to}
}

// approvalCase is what the audit needs of the case that waits.
func approvalCase(asked store.Approval) store.Case {
	return store.Case{ID: asked.Case, Identity: asked.Identity}
}
