package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"koppel/onboarding"
)

// Approval is a question to the representatives of an institution, and what became of it.
type Approval struct {
	Case        string                     `db:"case_id"`
	Number      int                        `db:"number"` // 1, 2, … within the case
	Kind        onboarding.CaseKind        `db:"kind"`
	WorkflowID  string                     `db:"workflow_id"`
	Identity    string                     `db:"identity"` // hash of the login that waits
	Reference   onboarding.Reference       `db:"reference"`
	Institution onboarding.InstitutionCode `db:"institution"`
	Ground      onboarding.Ground          `db:"ground"`
	Subject     string                     `db:"subject"`  // id of what the login wants to use
	Address     []byte                     `db:"address"`  // of whoever waits, sealed at ApprovalAddress
	Language    string                     `db:"language"` // of the mails about it
	KeyID       string                     `db:"key_id"`   // of the tokens in the newest mails
	Paused      time.Time                  `db:"paused"`   // deadline of the case, which stands still
	RequestedAt time.Time                  `db:"requested_at"`
	RemindedAt  sql.NullTime               `db:"reminded_at"`
	ExpiresAt   time.Time                  `db:"expires_at"`
	Proposal    onboarding.Decision        `db:"proposal"`    // of an agent, to be confirmed by another; empty: none
	ProposedBy  string                     `db:"proposed_by"` // id of the agent
	Decision    onboarding.Decision        `db:"decision"`    // empty while it is awaited
	DecidedAt   sql.NullTime               `db:"decided_at"`
	DecidedBy   string                     `db:"decided_by"` // onboarding.ByRepresentative, or the id of the agent who confirmed
}

// ApprovalAsked is an approval and the public names in the question.
type ApprovalAsked struct {
	Approval
	Name         string               `db:"name"` // of the institution
	Organisation string               `db:"organisation"`
	KvK          onboarding.KvKNumber `db:"kvk"`
}

const approvalColumns = `
	a.case_id, a.number, a.kind, a.workflow_id, a.identity, a.reference, a.institution, a.ground, a.subject, a.address, a.language, a.key_id,
	a.paused, a.requested_at, a.reminded_at, a.expires_at, coalesce(a.proposal, '') as proposal,
	coalesce(a.proposed_by, '') as proposed_by, coalesce(a.decision, '') as decision, a.decided_at,
	coalesce(a.decided_by, '') as decided_by`

const approvalNames = `, i.name, d.organisation, d.kvk`

const approvalTables = `
	approvals a join institutions i on i.code = a.institution join identities d on d.hash = a.identity`

// AddApproval writes a question.
func (t *Tx) AddApproval(ctx context.Context, a Approval) error {
	_, err := t.tx.ExecContext(ctx, `
		insert into approvals (case_id, number, kind, workflow_id, identity, reference, institution, ground, subject, address,
			language, key_id, paused, requested_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		a.Case, a.Number, a.Kind, a.WorkflowID, a.Identity, a.Reference, a.Institution, a.Ground, a.Subject, a.Address, a.Language,
		a.KeyID, a.Paused, a.RequestedAt, a.ExpiresAt)
	return translate("add approval", err)
}

// LockApproval returns the newest question of a case and holds its row. NotFound when there is none.
func (t *Tx) LockApproval(ctx context.Context, caseID string) (Approval, error) {
	var a Approval
	err := t.tx.GetContext(ctx, &a, `
		select `+approvalColumns+` from approvals a where a.case_id = $1 order by a.number desc limit 1 for update`, caseID)
	return a, translate("lock approval", err)
}

// Approval returns a question as a mail puts it.
func (t *Tx) Approval(ctx context.Context, caseID string, number int) (ApprovalAsked, error) {
	var a ApprovalAsked
	err := t.tx.GetContext(ctx, &a, `
		select `+approvalColumns+approvalNames+` from `+approvalTables+`
		where a.case_id = $1 and a.number = $2`, caseID, number)
	return a, translate("find approval", err)
}

// SaveApproval writes what may change of a question.
func (t *Tx) SaveApproval(ctx context.Context, a Approval) error {
	_, err := t.tx.ExecContext(ctx, `
		update approvals set key_id = $3, reminded_at = $4, proposal = $5, proposed_by = $6, decision = $7,
			decided_at = $8, decided_by = $9
		where case_id = $1 and number = $2`,
		a.Case, a.Number, a.KeyID, a.RemindedAt, nullText(string(a.Proposal)), nullText(a.ProposedBy),
		nullText(string(a.Decision)), a.DecidedAt, nullText(a.DecidedBy))
	return translate("save approval", err)
}

// DecisionOn returns what was last decided in a case about a subject; empty when nothing was.
func (t *Tx) DecisionOn(ctx context.Context, caseID, subject string) (onboarding.Decision, error) {
	var decisions []onboarding.Decision
	err := t.tx.SelectContext(ctx, &decisions, `
		select decision from approvals where case_id = $1 and subject = $2 and decision is not null
		order by number desc limit 1`, caseID, subject)
	if err != nil || len(decisions) == 0 {
		return "", translate("find decision", err)
	}
	return decisions[0], nil
}

// Representatives lists who may decide for an institution: its own representatives, or where it has none those of its
// board.
func (t *Tx) Representatives(ctx context.Context, institution onboarding.InstitutionCode) ([]onboarding.Email, error) {
	var emails []onboarding.Email
	err := t.tx.SelectContext(ctx, &emails, `
		select email from representatives where institution = $1
		union all
		select r.email from representatives r join institutions i on i.board = r.institution
		where i.code = $1 and not exists (select from representatives own where own.institution = $1)
		order by email`, institution)
	return emails, translate("list representatives", err)
}

// EndLinks makes the links useless that mails about the approvals of a case have.
func (t *Tx) EndLinks(ctx context.Context, caseID string) error {
	_, err := t.tx.ExecContext(ctx, `
		update mails set link = null where case_id = $1 and kind in ('approval', 'approval_reminder')`, caseID)
	return translate("end links", err)
}

// ApprovalOfCase returns the newest question of a case. NotFound when there is none.
func (s *Store) ApprovalOfCase(ctx context.Context, caseID string) (ApprovalAsked, error) {
	var a ApprovalAsked
	err := s.db.GetContext(ctx, &a, `
		select `+approvalColumns+approvalNames+` from `+approvalTables+`
		where a.case_id = $1 order by a.number desc limit 1`, caseID)
	return a, translate("find approval", err)
}

// ApprovalByLink returns the question whose mail has the link with that SHA-256. NotFound when the link is good no more.
func (s *Store) ApprovalByLink(ctx context.Context, link []byte) (ApprovalAsked, error) {
	var a ApprovalAsked
	err := s.db.GetContext(ctx, &a, `
		select `+approvalColumns+approvalNames+` from `+approvalTables+`
		join mails m on m.case_id = a.case_id and m.generation = a.number and m.kind in ('approval', 'approval_reminder')
		where m.link = $1`, link)
	return a, translate("find approval by link", err)
}

// OpenApprovals lists the questions that cases with this reference wait for.
func (s *Store) OpenApprovals(ctx context.Context, reference onboarding.Reference) ([]ApprovalAsked, error) {
	var open []ApprovalAsked
	err := s.db.SelectContext(ctx, &open, `
		select `+approvalColumns+approvalNames+` from `+approvalTables+`
		where a.reference = $1 and a.decision is null order by a.requested_at`, reference)
	return open, translate("find open approvals", err)
}

// ApprovalAddress is where the address of an approval is sealed.
func ApprovalAddress(caseID string, number int) string {
	return fmt.Sprintf("approvals/%s/%d", caseID, number)
}
