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
	a.secrets["the new address of a person"], a.secrets["the reference of a change"] = "nieuw@geheim.example", "M4LL-C4SE"
	session := &site{Settings: Settings{Lookup: a.w.lookup}}
	a.victims = append(a.victims, hash, person)
	a.foreign = append(a.foreign, hash, person, account, "03AB", tokenHash, session.sessionReference(token), a.nonce(b),
		change.ID, change.WorkflowID)
	a.secrets["the address of a person"] = "geheim@geheim.example"
	var other []byte
	a.w.must(a.w.sql.QueryRow(`select token_hash from sessions where identity = $1 and token_hash <> $2`, hash, token).Scan(&other))
	a.secrets["a session of a person"] = session.sessionReference(other)
