package web

import (
	"strings"
	"testing"
	"time"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// newAttack lets two people be at it, one linked and one awaiting a PIN, and others log in after them.
func newAttack(t *testing.T) *attack {
	t.Helper()
	a := &attack{w: newWorld(t), roles: map[string]*browser{}, secrets: map[string]string{}}
	a.w.engine.answers(nothingCounts)
	a.linkedVictim()
	a.confirmingVictim()
	a.waitingVictim()
	a.roles[nobody] = a.w.browser()
	a.roles[member] = a.enter("wim")
	a.w.link()
	a.exec(`
		insert into institutions (code, kind, name) values ('24VX', 'school', 'Eigen School');
		update memberships set institution = '24VX' where person = (select person from identities where hash = '` + a.w.identity() + `')`)
	a.roles[member].get(homePath)
	a.roles[unlinked] = a.enter("dora")
	a.roles[confirming] = a.enter("rik")
	own := a.w.at(onboarding.AwaitPIN, nil)
	a.address(own, "eigen@eigen.example")
	a.roles[waiting] = a.enter("karin")
	_, token := a.w.asks(func(asked *store.Approval) { asked.Institution = "24VX" })
	a.roles[deciding] = a.w.browser()
	a.roles[deciding].opens(token)
	a.roles[mailed] = a.w.browser()
	a.roles[mailed].cookies[approvalLink.cookie] = pretendToken
	a.exec(`create table kept as select * from sessions where identity <> all ('{` + strings.Join(a.victims, ",") + `}')`)
	a.before = a.theirs()
	return a
}

func (a *attack) enter(username string) *browser {
	a.w.t.Helper()
	a.w.now = a.w.now.Add(time.Second) // the last login is the newest
	b := a.w.browser()
	b.login(username)
	return b
}

// linkedVictim is linked, with two sessions and a page open.
func (a *attack) linkedVictim() {
	b := a.enter("jane")
	hash := a.w.identity()
	a.w.link()
	b.get(homePath)
	a.enter("jane")
	a.exec(`update persons set email = 'geheim@geheim.example'`)
	var person, tokenHash string
	var token []byte
	a.w.must(a.w.sql.QueryRow(`select i.person, encode(s.token_hash, 'hex'), s.token_hash
		from identities i join sessions s on s.identity = i.hash where i.hash = $1 limit 1`, hash).Scan(&person, &tokenHash, &token))
	var account string
	a.w.must(a.w.sql.QueryRow(`select id from legacy_accounts`).Scan(&account))
	change := a.w.changeAt(onboarding.AwaitPIN, nil)
	a.pinTo(change.ID, "nieuw@geheim.example")
	waits, _ := a.w.asksToAdd("16AH", func(asked *store.Approval) { asked.Reference = "ADD1-WA1T" })
	a.secrets["the reference of an addition"] = "ADD1-WA1T"
	a.secrets["the new address of a person"], a.secrets["the reference of a change"] = "nieuw@geheim.example", "M4LL-C4SE"
	session := &site{Settings: Settings{Lookup: a.w.lookup}}
	a.victims = append(a.victims, hash, person)
	a.foreign = append(a.foreign, hash, person, account, "03AB", tokenHash, session.sessionReference(token), a.nonce(b),
		change.ID, change.WorkflowID, waits.Case, waits.WorkflowID)
	a.kinds = len(a.foreign)
	a.secrets["the address of a person"] = "geheim@geheim.example"
	var other []byte
	a.w.must(a.w.sql.QueryRow(`select token_hash from sessions where identity = $1 and token_hash <> $2`, hash, token).Scan(&other))
	a.secrets["a session of a person"] = session.sessionReference(other)
}

// confirmingVictim awaits a PIN.
func (a *attack) confirmingVictim() {
	b := a.enter("piet")
	l := a.w.at(onboarding.AwaitPIN, func(l *store.Linking) { l.Reference = "GEHE-IMXX" })
	a.address(l, "ook@geheim.example")
	a.victims = append(a.victims, l.Identity, l.ID)
	a.foreign = append(a.foreign, l.Identity, l.ID, workflows.LinkingID(l.Identity), a.nonce(b))
	a.secrets["the address of a case"] = "ook@geheim.example"
	a.secrets["a reference"] = string((&site{Settings: Settings{Lookup: a.w.lookup}}).reference(l.Identity))
}

// waitingVictim awaits a representative.
func (a *attack) waitingVictim() {
	b := a.enter("tess")
	asked, _ := a.w.asks(func(asked *store.Approval) {
		sealed, err := a.w.records.Seal(store.ApprovalAddress(asked.Case, 1), []byte("wacht@geheim.example"))
		a.w.must(err)
		asked.Address = sealed
	})
	a.victims = append(a.victims, asked.Identity, asked.Case)
	a.foreign = append(a.foreign, asked.Identity, asked.Case, asked.WorkflowID, a.nonce(b))
	a.secrets["the address of a case that waits"] = "wacht@geheim.example"
}

// address lets the PIN of a case have gone to an address.
func (a *attack) address(l store.Linking, email string) {
	a.w.t.Helper()
	a.pinTo(l.ID, email)
}

func (a *attack) pinTo(caseID, email string) {
	a.w.t.Helper()
	sealed, err := a.w.records.Seal(store.PinAddress(caseID, 1), []byte(email))
	a.w.must(err)
	_, err = a.w.sql.Exec(`update pins set address = $1 where case_id = $2`, sealed, caseID)
	a.w.must(err)
}

// nonce is the nonce of a form of a visitor's session; without a session, of nobody's.
func (a *attack) nonce(b *browser) string {
	a.w.t.Helper()
	if b.cookies[approvalLink.cookie] != "" {
		if field := b.copy().get(string(approvalLink.path)).doc.Find(`main [name="nonce"]`); field.Length() > 0 {
			return field.AttrOr("value", "")
		}
	}
	page := b.copy().get(loginPath)
	return page.doc.Find(`header [name="nonce"]`).AttrOr("value", newNonce([]byte("nobody's")))
}

func (a *attack) exec(statement string) {
	a.w.t.Helper()
	_, err := a.w.sql.Exec(statement)
	a.w.must(err)
}

// theirs are all rows of all tables that name one of the others.
func (a *attack) theirs() (all string) {
	a.w.t.Helper()
	if a.rows == "" {
		a.w.must(a.w.sql.QueryRow(`
			select string_agg(format('select %L || x::text as row from %I x where x::text ~ $1', table_name, table_name), ' union all ')
			from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`).Scan(&a.rows))
	}
	a.w.must(a.w.sql.QueryRow(`select string_agg(row, E'\n' order by row) from (`+a.rows+`) all_rows`, strings.Join(a.victims, "|")).Scan(&all))
	return all
}

// again lets sessions that were ended or renewed by a request be as they were.
func (a *attack) again() {
	a.w.t.Helper()
	a.exec(`insert into sessions select * from kept on conflict do nothing`)
}
