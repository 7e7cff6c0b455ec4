package activities

import (
	"slices"
	"testing"
	"time"

	"koppel/helpdesk"
	"koppel/onboarding"
)

// An identity that is unlinked has an addition that awaits its representative, another that is being made, a request for a
// password, and a change of address.
func TestUnlinkingVoidsWhatTheIdentityHasOpen(t *testing.T) {
	d := unlinks(t, true)
	d.PublicURL = "https://koppel.example"
	person := d.text(`select person from identities where hash = $1`, jane)
	d.db.MustExec(`insert into institutions (code, kind, name, board) values ('16AH', 'school', 'De Kring', '10249'), ('24VX', 'school', 'De Linde', '10249')`)
	d.db.MustExec(`insert into representatives (institution, email) values ('16AH', $1), ('03AB', $2)`, schoolHead, director)
	d.openAddition(addCase, person, "16AH")
	question := d.send(d.seek().Mails, onboarding.ApprovalMail)[0]
	const second = "55555555-5555-4555-8555-555555555555"
	d.openAddition(second, person, "24VX")
	d.db.MustExec(`update additions set step = 'completing', source = 'register' where id = $1`, second)
	d.openReset(resetCase)
	link := d.mailLink(d.forgets(resetCase, janeUsername).Mails[0])
	d.readyToConfirm(helpdesk.NotMine)
	done := d.unlinkAct(d.ConfirmUnlink, bilal, helpdesk.NotMine)
	wantOutcome(t, done, onboarding.Accepted)
	if slices.Sort(done.Voided); len(done.Voided) != 3 {
		t.Errorf("told are %v, want two additions and a request", done.Voided)
	}
	d.want(2, `additions where step = 'voided' and ended_at is not null`)
	d.want(1, `resets where step = 'voided' and ended_at is not null`)
	d.want(1, `approvals where decision = 'withdrawn'`)
	d.want(3, `audit where event = 'voided'`)
	wantOutcome(t, d.answerAddition(question, onboarding.Approved), onboarding.AlreadyDecided)
	wantOutcome(t, twice[Checked](d, d.SetPassword, d.hand(resetCase, map[string]any{"token": link, "password": newPassword})), onboarding.DeadLink)
	if late := d.additionCredentials(addCase, jane, janeUsername, janePassword); !late.Over {
		t.Errorf("a proof after the end: %+v", late)
	}
	if late := twice[Completed](d, d.CompleteAddition, Completion{Case: second, Deadline: d.now.Add(time.Hour)}); late.Outcome != onboarding.AskAgain {
		t.Errorf("completed after the end: %+v", late)
	}
	d.want(2, `additions where step = 'voided'`)
	d.want(0, `memberships where institution <> '03AB'`)
}

func TestOpenLinkingOfAnIdentityThatJoinsEnds(t *testing.T) {
	d, person := newAdding(t)
	d.login("elsewhere", "90009999")
	d.open(koosCase, "elsewhere")
	d.db.MustExec(`insert into representatives (institution, email) values ('03AB', $1)`, schoolHead)
	d.db.MustExec(`update legacy_accounts set person = null`)
	wantOutcome(t, d.credentials(koosCase, janeUsername, janePassword, koosEmail), onboarding.NeedsApproval)
	in := Joining{Case: "44444444-4444-4444-8444-444444444444", Identity: "elsewhere", Person: person}
	twice[Completed](d, d.JoinIdentity, in)
	d.want(1, `linkings where id = $1 and step = 'voided' and ended_at is not null`, koosCase)
	d.want(1, `approvals where decision = 'withdrawn'`)
	if late := d.credentials(koosCase, janeUsername, janePassword, koosEmail); !late.Over {
		t.Errorf("a proof after the end: %+v", late)
	}
	if lapsed := must(do[[]MailJob](d, d.LapseProof, Lapse{Case: koosCase, Deadline: d.now})); len(lapsed) != 0 {
		t.Errorf("reminded of a case that is over: %v", lapsed)
	}
	d.want(1, `linkings where id = $1 and step = 'voided'`, koosCase)
}
