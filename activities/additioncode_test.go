package activities

import (
	"testing"

	"koppel/onboarding"
)

func (d *desk) additionCode(code onboarding.ActivationCode) Checked {
	d.t.Helper()
	checked, err := do[Checked](d, d.CheckAdditionCode, d.hand(addCase, map[string]any{
		"identity": jane, "language": "nl", "code": code}))
	noError(d.t, err)
	return checked
}

func TestActivationCodeOfTheInstitutionAddsItOnce(t *testing.T) {
	d, person := newAdding(t)
	elsewhere, code := d.code("03AB"), d.code("16AH")
	wrong := d.additionCode(sibling(t, code))
	if wantOutcome(t, wrong, onboarding.WrongCode); wrong.Verdict.TriesLeft != 4 {
		t.Errorf("tries left %d, want 4", wrong.Verdict.TriesLeft)
	}
	wantOutcome(t, d.additionCode(elsewhere), onboarding.OtherInstitution)
	d.wantMembers(person, 0)
	wantOutcome(t, d.additionCode(code), onboarding.Accepted)
	twice[Completed](d, d.CompleteAddition, Completion{Case: addCase})
	d.wantMembers(person, 1)
	if n := d.count(`select count(*) from memberships m, activation_codes c
		where m.person = $1 and m.source = 'activation' and c.institution = '16AH' and c.used_at is not null`, person); n != 1 {
		t.Error("the membership does not rest on the code, or the code works still")
	}
}

// A newer letter may be out before the institution is added.
func TestCodeThatIsReplacedAfterItsProofAddsNothing(t *testing.T) {
	d, person := newAdding(t)
	code := d.code("16AH")
	wantOutcome(t, d.additionCode(code), onboarding.Accepted)
	d.code("16AH")
	done := twice[Completed](d, d.CompleteAddition, Completion{Case: addCase, Deadline: d.now.Add(onboarding.AdditionOpen)})
	if done.Outcome != onboarding.CodeEnded {
		t.Errorf("completed as %+v", done)
	}
	d.wantMembers(person, 0)
}
