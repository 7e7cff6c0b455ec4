package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// The register of these tests: board 10249 has the KvK number of jane's login, board 20111 another one.
const register = `
	insert into institutions (code, kind, name, place, board, kvk) values
		('10249', 'board', 'Stichting De Regenboog', 'Utrecht', null, '90001234'),
		('16AH', 'school', 'De Kring', 'Utrecht', '10249', null),
		('24VX', 'school', 'De Linde', 'Nieuwezijl', '10249', null),
		('20111', 'board', 'Stichting Elders', 'Duinhaven', null, '90009999'),
		('07XY', 'school', 'De Boei', 'Duinhaven', '20111', null)
	on conflict (code) do update set name = excluded.name, place = excluded.place, board = excluded.board, kvk = excluded.kvk,
		closed_on = null, successor = null`

// inRegister makes the last login a linked person, and contact person of these institutions.
func (w *world) inRegister(codes ...string) {
	w.t.Helper()
	w.link()
	_, err := w.sql.Exec(register)
	w.must(err)
	for _, code := range codes {
		_, err := w.sql.Exec(`insert into contacts (institution, email) values ($1, upper($2)) on conflict do nothing`, code, jansAddress)
		w.must(err)
	}
}

// member adds an institution to the account of the last login, as a case would.
func (w *world) member(code string) {
	w.t.Helper()
	_, err := w.sql.Exec(`
		insert into memberships (person, institution, source, since)
		select person, $2, 'register', $3 from identities where hash = $1`, w.identity(), code, w.now)
	w.must(err)
}

// offered are the codes that a page lets one tick.
func (a answer) offered() (codes []string) {
	a.doc.Find(`main [name="keuze"]`).Each(func(_ int, s *selection) { codes = append(codes, s.AttrOr("value", "")) })
	return codes
}

func (a answer) wantOffered(want ...string) {
	a.t.Helper()
	if got := a.offered(); !slices.Equal(got, want) {
		a.t.Errorf("offered are %q, want %q", got, want)
	}
}

func TestOfferedIsWhatTheRegisterSaysForTheOrganisationOfTheLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("10249", "16AH", "24VX", "07XY", "03AB")
	page := b.get(addPath).expect(http.StatusOK)
	page.wantOffered("10249", "16AH", "24VX")
	page.says("De Boei, Duinhaven, 07XY")
	w.member("16AH")
	b.get(addPath).wantOffered("10249", "24VX")
	_, err := w.sql.Exec(`update institutions set closed_on = $1 where code = '24VX'`, w.now)
	w.must(err)
	b.get(addPath).wantOffered("10249")
	_, err = w.sql.Exec(`delete from contacts`)
	w.must(err)
	b.get(addPath).says(nl("add.empty")).wantOffered()
}

func TestContactOfAnInstitutionThatWasMergedIsOneOfItsSuccessor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("16AH")
	_, err := w.sql.Exec(`update institutions set closed_on = $1, successor = '24VX' where code = '16AH'`, w.now)
	w.must(err)
	b.get(addPath).wantOffered("24VX")
}

// check ticks codes and goes to the page where they are looked at once more.
func (b *browser) check(codes ...string) answer {
	b.w.t.Helper()
	page := b.get(addPath)
	return b.follow(b.post(addPath, url.Values{nonceField: {page.value(nonceField)}, choiceField: codes})).expect(http.StatusOK)
}

func TestChosenInstitutionsAreAddedEachByACaseOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("16AH", "24VX")
	page := b.check("16AH", "24VX")
	page.wantOffered("16AH", "24VX")
	form := url.Values{nonceField: {page.value(nonceField)}, choiceField: page.offered()}
	b.post(checkPath, form).redirects(resultPath + "?instelling=16AH&instelling=24VX")
	b.post(checkPath, form).redirects(resultPath + "?instelling=16AH&instelling=24VX")
	var asked []string
	for _, update := range w.engine.updates {
		if update.UpdateName != workflows.AddAsContact {
			t.Errorf("asked for %s", update.UpdateName)
		}
		asked = append(asked, update.WorkflowID)
	}
	slices.Sort(asked)
	if len(slices.Compact(asked)) != 2 || len(w.engine.updates) != 2 {
		t.Errorf("sent twice, the form asked %d cases %d times, want 2 and 2", len(slices.Compact(asked)), len(w.engine.updates))
	}
	w.member("16AH")
	w.member("24VX")
	b.get(resultPath+"?instelling=16AH&instelling=24VX").
		says(nl("ok.added", "namen", "De Kring (16AH), De Linde (24VX)"), nl("res.added"))
	b.get(homePath).says("De Kring", "De Linde")
	b.post(checkPath, form).redirects(resultPath + "?instelling=16AH&instelling=24VX")
	if len(w.engine.updates) != 2 {
		t.Error("what is in the account was asked for again")
	}
}

// Threat T20: what is offered is computed at each request; a form cannot add to it.
func TestForeignInstitutionsInAFormAreNotAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("16AH", "07XY")
	page := b.check("16AH", "24VX", "07XY", "99ZZ", "x")
	page.wantOffered("16AH")
	b.post(checkPath, url.Values{nonceField: {page.value(nonceField)}, choiceField: {"24VX", "07XY", "16AH", "99ZZ", "10249"}}).
		expect(http.StatusSeeOther)
	if len(w.engine.added) != 1 || w.engine.added[0].Institution != "16AH" {
		t.Errorf("asked for %+v, want 16AH only", w.engine.added)
	}
	b.get(resultPath+"?instelling=24VX&instelling=07XY&instelling=99ZZ").says(nl("res.contact"), nl("res.board"))
}

func TestARegisterThatChangesBetweenChoiceAndCheckCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("16AH")
	page := b.check("16AH")
	_, err := w.sql.Exec(`delete from contacts`)
	w.must(err)
	b.post(checkPath, url.Values{nonceField: {page.value(nonceField)}, choiceField: page.offered()}).expect(http.StatusSeeOther)
	b.get(checkPath + "?instelling=16AH").redirects(addPath)
	if len(w.engine.updates) != 0 {
		t.Error("an institution that the person is no contact of any more was asked for")
	}
}

func TestPartOfTheChosenMayFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("16AH", "24VX")
	page := b.check("16AH", "24VX")
	form := url.Values{nonceField: {page.value(nonceField)}, choiceField: page.offered()}
	w.engine.away = errAway
	again := b.post(checkPath, form).expect(http.StatusServiceUnavailable).says(nl("e.away"))
	again.wantOffered("16AH", "24VX")
	if again.value(nonceField) != form.Get(nonceField) {
		t.Error("a form that nobody took comes back with another nonce")
	}
	w.engine.away = nil
	b.post(checkPath, form).expect(http.StatusSeeOther)
	w.member("24VX")
	b.get(resultPath+"?instelling=16AH&instelling=24VX").says(nl("ok.added", "namen", "De Linde (24VX)"), nl("res.not"))
}

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("16AH", "10249")
	nonce := b.get(addPath).value(nonceField)
	enter := func(code string) answer {
		return b.post("/account-toevoegen/code", url.Values{nonceField: {nonce}, institutionField: {code}})
	}
	for typed, target := range map[string]string{
		"16AH": checkPath + "?instelling=16AH", " 16 ah 00": checkPath + "?instelling=16AH", "16ah00": checkPath + "?instelling=16AH",
		"10 249": checkPath + "?instelling=10249", "24vx": proofPath + "?instelling=24VX",
	} {
		enter(typed).redirects(target)
	}
	for _, typed := range []string{"", "16A", "249", "16AH0", "<b>"} {
		enter(typed).expect(http.StatusUnprocessableEntity).says(nl("e.id.form"))
	}
	enter("03ab").expect(http.StatusUnprocessableEntity).says(nl("e.id.have", "naam", "De Regenboog"))
	enter("99zz").expect(http.StatusNotFound).headed(nl("p.unknownid.h"))
	_, err := w.sql.Exec(`update institutions set closed_on = $1, successor = case code when '24VX' then '16AH' end where code in ('07XY', '24VX')`, w.now)
	w.must(err)
	enter("07xy").expect(http.StatusConflict).headed(nl("p.closedid.h"))
	merged := enter("24vx").expect(http.StatusConflict).headed(nl("p.mergedid.h"))
	if next := merged.doc.Find("main a").AttrOr("href", ""); next != checkPath+"?instelling=16AH" {
		t.Errorf("the successor is offered at %q", next)
	}
}

func TestNobodyAddsWithoutALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	for _, path := range []string{addPath, checkPath, resultPath, proofPath} {
		b.get(path + "?instelling=16AH").redirects(linkPath)
	}
	for _, path := range []string{addPath, "/account-toevoegen/code", checkPath, proofPath} {
		b.post(path, url.Values{choiceField: {"16AH"}, institutionField: {"16AH"}}).redirects(linkPath)
	}
}

func TestCredentialsOfTheInstitutionGoToItsCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister()
	page := b.get(proofPath + "?instelling=16AH").expect(http.StatusOK).headed(nl("p.notcontact.h"))
	form := url.Values{nonceField: {page.value(nonceField)}, institutionField: {"16AH"}, "username": {"kring01"}}
	b.post(proofPath, form).expect(http.StatusUnprocessableEntity).says(nl("e.pw.empty"))
	form.Set("password", "Kring-2019")
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.WrongCredentials, TriesLeft: 4})
	wrong := b.post(proofPath, form).expect(http.StatusUnprocessableEntity).says(nl("e.cred", "n", "4"))
	form.Set(nonceField, wrong.value(nonceField))
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.Accepted})
	b.post(proofPath, form).redirects(resultPath + "?instelling=16AH")
	if last := w.engine.last(); last.UpdateName != workflows.SubmitCredentials || w.engine.added[1].Institution != "16AH" {
		t.Errorf("asked for %s of %+v", last.UpdateName, w.engine.added)
	}
}

func TestActivationCodeOfTheInstitutionGoesToItsCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister()
	page := b.get(proofPath + "?instelling=16AH").expect(http.StatusOK)
	form := url.Values{nonceField: {page.value(nonceField)}, institutionField: {"16AH"}, "code": {"BFGG-5CDH-P18D-JGJ5"}}
	b.post(proofPath, form).expect(http.StatusUnprocessableEntity).says(nl("e.code.check"))
	form.Set("code", "bfgg 5cdh pl8d jgj4")
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.CodeUsed})
	used := b.post(proofPath, form).expect(http.StatusUnprocessableEntity).says(nl("e.code.used"))
	form.Set(nonceField, used.value(nonceField))
	w.engine.answers(onboarding.Verdict{Outcome: onboarding.Accepted})
	b.post(proofPath, form).redirects(resultPath + "?instelling=16AH")
	if last := w.engine.last(); last.UpdateName != workflows.SubmitActivationCode || w.engine.added[1].Institution != "16AH" {
		t.Errorf("asked for %s of %+v", last.UpdateName, w.engine.added)
	}
}

// addition brings a case of the last login to where it stands, as the activities would.
func (w *world) addition(code onboarding.InstitutionCode, change func(*store.Addition)) store.Addition {
	w.t.Helper()
	a := store.Addition{Institution: code, Case: store.Case{ID: newUUID(), WorkflowID: "add-" + newUUID(), Identity: w.identity(),
		Reference: "K3TF-9M2Q", Language: "nl", Step: onboarding.AwaitProof, Since: w.now, Deadline: w.now.Add(onboarding.AdditionOpen)}}
	w.must(w.sql.QueryRow(`select person from identities where hash = $1`, a.Identity).Scan(&a.Person))
	w.transact(func(ctx context.Context, tx *store.Tx) error { return tx.OpenAddition(ctx, a) })
	change(&a)
	w.transact(func(ctx context.Context, tx *store.Tx) error { return tx.SaveAddition(ctx, a) })
	return a
}

func TestAddingNeedsAFreshLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("16AH")
	form := url.Values{nonceField: {b.check("16AH").value(nonceField)}, choiceField: {"16AH"}, institutionField: {"24VX"},
		"username": {"linde01"}, "password": {"x"}}
	w.now = w.now.Add(14 * time.Minute)
	b.get(homePath)
	w.now = w.now.Add(2 * time.Minute)
	for _, path := range []string{checkPath, proofPath} {
		page := b.post(path, form).expect(http.StatusForbidden).headed(nl("p.fresh.add.h"))
		if path == proofPath {
			b.loginFrom(page, "jane").redirects(addPath)
		}
	}
	if len(w.engine.updates) != 0 {
		t.Error("a proof with an old login reached a case")
	}
	b.get(addPath).wantOffered("16AH")
}
