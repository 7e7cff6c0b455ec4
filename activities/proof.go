package activities

import (
	"cmp"
	"context"
	"time"

	"koppel/onboarding"
	"koppel/store"
)

// proof is a right credential: of an account of the old system, or an activation code.
type proof struct {
	Account     string // its id; empty for an activation code
	Code        string // its id; empty for an account
	Institution onboarding.InstitutionCode
	Name        string                     // of the institution
	Board       onboarding.InstitutionCode // of the institution, or itself; may be empty
	BoardKvK    onboarding.KvKNumber       // may be empty: the register has gaps
	Closed      bool                       // the institution, without a successor
	Person      string                     // who has linked the account; empty when nobody has
	New         bool                       // given out anew: an activation code, or a password that a reset set
	Owner       onboarding.Email           // address that the account had; empty for an activation code
	UsedAt      time.Time                  // when it last made a link; zero before
	Spent       bool                       // it has made its link, and proves nothing any more
}

func proofByAccount(a store.Account) proof {
	return proof{Account: a.ID, Institution: a.Institution, Name: a.Name, Board: a.Board, BoardKvK: a.BoardKvK,
		Closed: a.Closed, Person: a.Person, New: a.PasswordSetAt.Valid,
		Owner: a.Email, UsedAt: a.LinkedAt.Time, Spent: a.PasswordHash == ""}
}

func proofByCode(c store.ActivationCode) proof {
	return proof{Code: c.ID, Institution: c.Institution, Name: c.Name, Board: c.Board, BoardKvK: c.BoardKvK,
		Closed: c.Closed, New: true, UsedAt: c.UsedAt.Time, Spent: c.UsedAt.Valid}
}

// proven returns what proved a case and holds its row. ended tells of an activation code that has been replaced since.
func proven(ctx context.Context, tx *store.Tx, l store.Linking) (p proof, ended bool, err error) {
	if l.Code != "" {
		code, err := tx.LockActivationCode(ctx, l.Code)
		return proofByCode(code), code.VoidedAt.Valid, err
	}
	account, err := tx.LockAccount(ctx, l.Account)
	return proofByAccount(account), false, err
}

func (p proof) bond() store.Bond {
	return store.Bond{Account: p.Account, Code: p.Code, Institution: p.Institution}
}

// subject is what a login wants to use.
func (p proof) subject() string { return cmp.Or(p.Account, p.Code) }

// ownBoard tells whether the login is of the organisation that the board of the institution is.
func (p proof) ownBoard(identity store.Identity) bool {
	return p.BoardKvK != "" && p.BoardKvK == identity.Organisation
}

// institutions lists what the helpdesk may look the case up by: public register codes.
func (p proof) institutions() []onboarding.InstitutionCode {
	codes := []onboarding.InstitutionCode{p.Institution}
	if p.Board != "" && p.Board != p.Institution {
		codes = append(codes, p.Board)
	}
	return codes
}

// weigh decides what a right credential leads to. Accepted: a PIN mail to the typed address is due. NeedsApproval: the
// case waits, and questions to the representatives are due. The caller saves the case.
func (a *Activities) weigh(ctx context.Context, tx *store.Tx, l *store.Linking, identity store.Identity, p proof, email onboarding.Email, now time.Time) (Checked, error) {
	if p.Closed {
		return refuseProof(ctx, tx, l, onboarding.InstitutionEnded, now)
	}
	held, err := holder(ctx, tx, p, email)
	if err != nil {
		return Checked{}, err
	}
	if wayOf(p, held, identity, email) == besides {
		return a.seekApproval(ctx, tx, l, identity, p, email, now)
	}
	return a.accept(ctx, tx, l, p, email, now)
}

func refuseProof(ctx context.Context, tx *store.Tx, l *store.Linking, refusal onboarding.Outcome, now time.Time) (Checked, error) {
	l.Refusal = refusal
	return refuse(refusal), tx.Audit(ctx, event(refusals[refusal], l.Case, now, nil))
}

// keepIn writes down what has been proved.
func (p proof) keepIn(l *store.Linking) {
	l.Account, l.Code, l.Institution = p.Account, p.Code, p.Institution
}

// accept takes a case to its PIN mail.
func (a *Activities) accept(ctx context.Context, tx *store.Tx, l *store.Linking, p proof, email onboarding.Email, now time.Time) (Checked, error) {
	checked, err := a.requestPIN(ctx, tx, &l.Case, email, now)
	if err != nil || checked.Verdict.Outcome != onboarding.Accepted {
		return checked, err
	}
	p.keepIn(l)
	l.Step, l.Since, l.Deadline = onboarding.MailingPIN, now, earliest(l.Deadline, now.Add(onboarding.ProofGood))
	checked.Institutions = p.institutions()
	return checked, tx.Audit(ctx, event(onboarding.ProofRight, l.Case, now, map[string]any{"institution": p.Institution}))
}
