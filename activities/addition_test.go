package activities

import (
	"testing"
	"time"

	"koppel/mail/mailtest"
	"koppel/onboarding"
)

const (
	addCase   = "22222222-2222-4222-8222-222222222222"
	kringUser = "kring01"
)

// adding is a desk at which Jane is linked, with an addition of 16AH open.
func newAdding(t *testing.T) (d *desk, person string) {
	t.Helper()
	d = newDesk(t)
	hash, err := cheap.Hash(t.Context(), janePassword)
	noError(t, err)
	d.db.MustExec(`insert into institutions (code, kind, name, board) values ('16AH', 'school', 'De Kring', '10249')`)
	d.db.MustExec(`
		insert into legacy_accounts (username, username_key, email, institution, password_hash) values
			($1, $1, $2, '16AH', $3)`, kringUser, ownerEmail, hash)
	person = d.text(`insert into persons (email, language, created_at) values ($1, 'nl', $2) returning id`, janeEmail, d.now)
	d.db.MustExec(`update identities set person = $1, linked_at = $3 where hash = $2`, person, jane, d.now)
	d.openAddition(addCase, person, "16AH")
	return d, person
}

func (d *desk) openAddition(caseID, person string, code onboarding.InstitutionCode) {
	d.t.Helper()
	in := AdditionOpening{Opening: Opening{Case: caseID, Identity: jane, Reference: "K3TF-9M2Q", Language: "nl",
		At: d.now, Deadline: d.now.Add(onboarding.AdditionOpen)}, Person: person, Institution: code}
	_, err := do[any](d, d.OpenAddition, in)
	noError(d.t, err)
}

func (d *desk) asContact(identity string) Checked {
	d.t.Helper()
	checked, err := do[Checked](d, d.CheckContact, d.hand(addCase, map[string]any{"identity": identity, "language": "nl"}))
	noError(d.t, err)
	return checked
}

func (d *desk) additionCredentials(caseID, identity, username, password string) Checked {
	d.t.Helper()
	checked, err := do[Checked](d, d.CheckAdditionCredentials, d.hand(caseID, map[string]any{
		"identity": identity, "language": "nl", "username": username, "password": password}))
	noError(d.t, err)
	return checked
}

func (d *desk) register(email string, code string) {
	d.db.MustExec(`insert into contacts (institution, email) values ($1, $2)`, code, email)
}

func (d *desk) wantMembers(person string, want int) {
	d.t.Helper()
	if got := d.count(`select count(*) from memberships where person = $1 and institution = '16AH'`, person); got != want {
		d.t.Errorf("%d memberships, want %d", got, want)
	}
}

func TestContactOfTheRegisterAddsAtOnceAndEverybodyIsTold(t *testing.T) {
	d, person := newAdding(t)
	d.register("JANE@regenboog.example", "16AH")
	d.db.MustExec(`insert into representatives (institution, email) values ('10249', 'bestuur@regenboog.example'), ('10249', $1)`, janeEmail)
	wantOutcome(t, d.asContact(jane), onboarding.Accepted)
	done := twice[Completed](d, d.CompleteAddition, Completion{Case: addCase, Deadline: d.now.Add(time.Hour)})
	if done.Outcome != onboarding.Accepted || len(done.Mails) != 2 {
		t.Fatalf("completed as %+v", done)
	}
	d.wantMembers(person, 1)
	for _, job := range done.Mails {
		twice[Sent](d, d.SendAdditionNotice, job)
	}
	mails := d.mails.Mails()
	if len(mails) != 2 || mails[0].To[0] != janeEmail || mails[1].To[0] != "bestuur@regenboog.example" {
		t.Fatalf("mails: %+v", to(mails))
	}
	if step := d.text(`select step from additions where id = $1`, addCase); step != string(onboarding.Added) {
		t.Errorf("step %s", step)
	}
	if source := d.text(`select source from memberships where person = $1`, person); source != "register" {
		t.Errorf("source %s", source)
	}
	if n := d.count(`select count(*) from audit where case_id = $1 and event = 'added'`, addCase); n != 1 {
		t.Errorf("%d audit rows of the addition", n)
	}
}

func to(mails []mailtest.Mail) (all [][]string) {
	for _, m := range mails {
		all = append(all, m.To)
	}
	return all
}

// Threat T20: the worker looks in the register itself.
func TestWhatTheRegisterDoesNotSayIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change string
		want   onboarding.Outcome
	}{
		"no contact":          {`delete from contacts`, onboarding.NotContact},
		"another board":       {`update institutions set kvk = '90009999' where code = '10249'`, onboarding.OtherBoard},
		"board without KvK":   {`update institutions set kvk = null where code = '10249'`, onboarding.OtherBoard},
		"closed":              {`update institutions set closed_on = '2026-01-01' where code = '16AH'`, onboarding.InstitutionEnded},
		"in the account":      {`insert into memberships (person, institution, source, since) select person, '16AH', 'register', now() from identities where hash = 'jane'`, onboarding.AlreadyAdded},
		"login of a stranger": {`update identities set person = null, linked_at = null where hash = 'jane'`, onboarding.AskAgain},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := newAdding(t)
			d.register(janeEmail, "16AH")
			d.db.MustExec(test.change)
			wantOutcome(t, d.asContact(jane), test.want)
			if step := d.text(`select step from additions where id = $1`, addCase); step != string(onboarding.AwaitProof) {
				t.Errorf("step %s", step)
			}
			if n := d.count(`select count(*) from audit where event = 'addition.refused'`); n != 1 {
				t.Errorf("%d audit rows of the refusal", n)
			}
		})
	}
}

func TestCredentialsOfTheInstitutionProveItAndEndWithIt(t *testing.T) {
	d, person := newAdding(t)
	wrong := d.additionCredentials(addCase, jane, kringUser, "wrong")
	if wantOutcome(t, wrong, onboarding.WrongCredentials); wrong.Verdict.TriesLeft != 4 {
		t.Errorf("tries left %d, want 4", wrong.Verdict.TriesLeft)
	}
	wantOutcome(t, d.additionCredentials(addCase, jane, janeUsername, janePassword), onboarding.OtherInstitution)
	wantOutcome(t, d.additionCredentials(addCase, jane, kringUser, janePassword), onboarding.Accepted)
	twice[Completed](d, d.CompleteAddition, Completion{Case: addCase})
	d.wantMembers(person, 1)
	if n := d.count(`select count(*) from legacy_accounts where username_key = $1 and person = $2 and password_hash is null`, kringUser, person); n != 1 {
		t.Error("the account is not the person's, or its password works still")
	}
	if source := d.text(`select source from memberships where person = $1`, person); source != "legacy" {
		t.Errorf("source %s", source)
	}
}

func TestCredentialsOfAnInstitutionOfAnotherBoardAddNothing(t *testing.T) {
	d, person := newAdding(t)
	d.login("elsewhere", "90009999")
	d.db.MustExec(`update identities set person = $1, linked_at = $2 where hash = 'elsewhere'`, person, d.now)
	wantOutcome(t, d.additionCredentials(addCase, "elsewhere", kringUser, janePassword), onboarding.OtherBoard)
	d.wantMembers(person, 0)
	wantOutcome(t, d.additionCredentials(addCase, jane, kringUser, janePassword), onboarding.Accepted)
}

func TestWrongPasswordsOfAnAdditionLockLikeThoseOfALinking(t *testing.T) {
	d, _ := newAdding(t)
	for range 5 {
		d.additionCredentials(addCase, jane, kringUser, "wrong")
	}
	locked := d.additionCredentials(addCase, jane, kringUser, janePassword)
	if wantOutcome(t, locked, onboarding.Locked); !locked.Verdict.Until.Equal(d.now.Add(15 * time.Minute)) {
		t.Errorf("locked until %v", locked.Verdict.Until)
	}
}

// Threats T9 and T10: two people prove the same account at the same time; one of them gets it.
func TestAccountThatIsTakenMeanwhileIsNotAdded(t *testing.T) {
	d, person := newAdding(t)
	wantOutcome(t, d.additionCredentials(addCase, jane, kringUser, janePassword), onboarding.Accepted)
	other := d.text(`insert into persons (email, language, created_at) values ('piet@regenboog.example', 'nl', $1) returning id`, d.now)
	d.db.MustExec(`update legacy_accounts set person = $1, linked_at = $2, password_hash = null where username_key = $3`, other, d.now, kringUser)
	done := twice[Completed](d, d.CompleteAddition, Completion{Case: addCase, Deadline: d.now.Add(time.Hour)})
	if done.Outcome != onboarding.Taken || len(done.Mails) != 0 {
		t.Errorf("completed as %+v", done)
	}
	d.wantMembers(person, 0)
}

func TestInstitutionThatClosesMeanwhileIsNotAdded(t *testing.T) {
	d, person := newAdding(t)
	d.register(janeEmail, "16AH")
	wantOutcome(t, d.asContact(jane), onboarding.Accepted)
	d.db.MustExec(`update institutions set closed_on = '2026-01-01' where code = '16AH'`)
	if done := twice[Completed](d, d.CompleteAddition, Completion{Case: addCase}); done.Outcome != onboarding.InstitutionEnded {
		t.Errorf("completed as %+v", done)
	}
	d.wantMembers(person, 0)
}

// A form that is sent again after its case has ended begins another case, which has nothing to add.
func TestTheSameFormAfterTheEndAddsNothingAgain(t *testing.T) {
	d, person := newAdding(t)
	d.register(janeEmail, "16AH")
	form := d.hand(addCase, map[string]any{"identity": jane, "language": "nl"})
	_, err := do[Checked](d, d.CheckContact, form)
	noError(t, err)
	_, err = do[Completed](d, d.CompleteAddition, Completion{Case: addCase})
	noError(t, err)
	d.db.MustExec(`update additions set step = 'added', ended_at = $1`, d.now)
	second := "33333333-3333-4333-8333-333333333333"
	d.openAddition(second, person, "16AH")
	form.Case = second
	again, err := do[Checked](d, d.CheckContact, form)
	noError(t, err)
	wantOutcome(t, again, onboarding.Accepted) // the answer of the first
	done := twice[Completed](d, d.CompleteAddition, Completion{Case: second})
	if done.Outcome != onboarding.AlreadyAdded || len(done.Mails) != 0 {
		t.Errorf("completed as %+v", done)
	}
	d.wantMembers(person, 1)
}

func TestAnAdditionThatEndsLeavesNothingToUse(t *testing.T) {
	d, _ := newAdding(t)
	d.hand(addCase, map[string]any{"identity": jane})
	twice[any](d, d.CloseAddition, Closing{Case: addCase, Step: onboarding.Expired})
	if n := d.count(`select count(*) from handovers`); n != 0 {
		t.Errorf("%d hand-overs left", n)
	}
	if n := d.count(`select count(*) from additions where step = 'expired' and ended_at is not null`); n != 1 {
		t.Error("the case is not over")
	}
}

func TestIdentityJoinsOncePersonAndIsTold(t *testing.T) {
	d, person := newAdding(t)
	d.login("elsewhere", "90009999")
	in := Joining{Case: "44444444-4444-4444-8444-444444444444", Identity: "elsewhere", Person: person}
	if done := twice[Completed](d, d.JoinIdentity, in); done.Outcome != onboarding.Accepted {
		t.Errorf("joined as %+v", done)
	}
	twice[Sent](d, d.SendJoinedNotice, in)
	if mails := d.mails.Mails(); len(mails) != 1 || mails[0].To[0] != janeEmail {
		t.Errorf("mails: %+v", to(mails))
	}
	other := d.text(`insert into persons (email, language, created_at) values ('piet@regenboog.example', 'nl', $1) returning id`, d.now)
	in.Person = other
	if done := twice[Completed](d, d.JoinIdentity, in); done.Outcome != onboarding.Taken {
		t.Errorf("joined a second person as %+v", done)
	}
	if n := d.count(`select count(*) from audit where event = 'identity.joined'`); n != 1 {
		t.Errorf("%d audit rows", n)
	}
}
