package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

// otherDoors are the ways in and about beside the first link, each with bad input on the way.
func (r *canaryRun) otherDoors() {
	agents := []string{r.agentToken("name of an agent"), r.agentToken("name of a second agent")}
	r.strangeLinks()
	r.changeOwnAddress()
	r.addInVain()
	r.addByCode(r.letter(agents[0], "33CA"))
	r.forget()
	r.linkByCode(r.letter(agents[0], "04AP"), agents)
	r.reportOwnLink()
}

// agentToken is that of a new agent, whose name only the register of agents has.
func (r *canaryRun) agentToken(name string) string {
	printed, err := r.stack.Run(r.t.Context(), "agent", "add", r.use(name))
	r.must(err)
	token := strings.TrimSpace(printed)
	r.add("token to a "+name, token)
	fmt.Fprintln(&r.sent, r.use(name), token)
	return token
}

// letter is the activation code of an institution; its letter stands in the run's folder.
func (r *canaryRun) letter(token, institution string) string {
	printed, err := r.stack.RunAs(r.t.Context(), token, "helpdesk", "code", "issue", institution,
		"--reason", "new_institution", "--ticket", "HD-20263", "--letter", filepath.Join(r.dir, "letter-"+institution+".html"))
	r.must(err)
	code := regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`).FindString(printed)
	r.add("activation code of "+institution, code)
	r.add("activation code of "+institution+" without dashes", strings.ReplaceAll(code, "-", ""))
	fmt.Fprintln(&r.sent, code, strings.ReplaceAll(code, "-", ""))
	return code
}

// strangeLinks are opened by who guesses tokens, or has an old mail.
func (r *canaryRun) strangeLinks() {
	stranger := r.person("stranger")
	stranger.get("/toestemming?sleutel=" + r.use("token of no approval"))
	stranger.get("/toestemming")
	stranger.get("/wachtwoord/nieuw?sleutel=" + r.use("token of no new password"))
	stranger.get("/wachtwoord/nieuw")
}

func (r *canaryRun) changeOwnAddress() {
	kim := r.person("kim")
	change := func(field string) reply {
		return r.insist(kim, "/koppeling/e-mail", url.Values{"email": {r.use(field)}, "nonce": {kim.nonce("/koppeling/e-mail")}})
	}
	wantStatus(r.t, change("own address that is none"), http.StatusUnprocessableEntity)
	wantStatus(r.t, change("own address"), http.StatusSeeOther)
	pin := kim.anyPIN(r.use("own address"))
	r.add("PIN of a change", pin)
	confirm := func(typed string) reply {
		return r.insist(kim, "/koppeling/e-mail/pincode", url.Values{"pin": {typed}, "nonce": {kim.nonce("/koppeling/e-mail/pincode")}})
	}
	wantStatus(r.t, confirm(r.use("PIN of a change, of letters")), http.StatusUnprocessableEntity)
	wantStatus(r.t, confirm(pin), http.StatusSeeOther)
	r.tokens(kim)
}

// addInVain asks for institutions that there are not, and shows what does not do.
func (r *canaryRun) addInVain() {
	kim := r.person("kim")
	kim.get("/account-toevoegen/bewijs?instelling=" + r.use("institution in an address"))
	kim.get("/account-toevoegen/resultaat?instelling=" + r.use("institution of a result"))
	wantStatus(r.t, r.insist(kim, "/account-toevoegen/code", url.Values{"instelling": {r.use("institution that is none")},
		"nonce": {kim.nonce("/account-toevoegen")}}), http.StatusUnprocessableEntity)
	r.insist(kim, "/account-toevoegen", url.Values{"keuze": {r.use("choice that is none")}, "nonce": {kim.nonce("/account-toevoegen")}})
	wantStatus(r.t, r.showFor33CA(url.Values{"username": {r.use("username of a school, wrong")},
		"password": {r.use("password of a school, wrong")}}), http.StatusUnprocessableEntity)
	wantStatus(r.t, r.showFor33CA(url.Values{"code": {r.use("code of a school, wrong")}}), http.StatusUnprocessableEntity)
}

func (r *canaryRun) addByCode(code string) {
	wantStatus(r.t, r.showFor33CA(url.Values{"code": {code}}), http.StatusSeeOther)
	r.await("the school is added", `select count(*) > 0 from memberships where institution = '33CA'`)
}

// showFor33CA sends what Kim shows for a school of her board that the register does not name her for.
func (r *canaryRun) showFor33CA(shown url.Values) reply {
	kim := r.person("kim")
	shown.Set("instelling", "33CA")
	shown.Set("nonce", kim.nonce("/account-toevoegen/bewijs?instelling=33CA"))
	return r.insist(kim, "/account-toevoegen/bewijs", shown)
}

// forget asks for new passwords, one of which is chosen.
func (r *canaryRun) forget() {
	bob, representative := r.person("bob"), r.person("representative")
	for _, account := range []string{r.use("account that is none"), "linde01"} {
		wantStatus(r.t, r.insist(bob, "/wachtwoord-vergeten", url.Values{"account": {account}, "nonce": {bob.nonce("/wachtwoord-vergeten")}}),
			http.StatusSeeOther)
	}
	bob.get("/wachtwoord-vergeten/verstuurd?om=1&zaak=" + r.use("reference that is none"))
	r.openLink("token of a new password", representative, "voorzitter@linde.example", "/wachtwoord/nieuw")
	choose := func(field string) reply {
		return r.insist(representative, "/wachtwoord/nieuw", url.Values{"new": {r.use(field)}, "nonce": {representative.nonce("/wachtwoord/nieuw")}})
	}
	wantStatus(r.t, choose("new password, too long"), http.StatusUnprocessableEntity)
	wantStatus(r.t, choose("new password"), http.StatusSeeOther)
}

// openLink opens the link to a path in a mail, and keeps the token in it.
func (r *canaryRun) openLink(name string, c *caller, email, path string) {
	token := c.mailedToken(email, path)
	r.add(name, token)
	r.tokens(c)
}

// linkByCode links the login of another organisation by a code, which the representative must approve, and to an address
// that agents put right.
func (r *canaryRun) linkByCode(code string, agents []string) {
	cas, representative := r.person("cas"), r.person("representative")
	cas.login("cas")
	r.tokens(cas)
	show := func(code string) reply {
		return r.insist(cas, "/koppelen?met=activatiecode", url.Values{"email": {r.use("address with a code")}, "code": {code},
			"nonce": {cas.nonce("/koppelen?met=activatiecode")}})
	}
	wantStatus(r.t, show(r.use("code, wrong")), http.StatusUnprocessableEntity)
	wantStatus(r.t, show(code), http.StatusSeeOther)
	r.openLink("token of an approval", representative, "bestuur@regenboog.example", "/toestemming")
	for _, answer := range []string{r.use("answer that is none"), "toestaan"} {
		r.insist(representative, "/toestemming", url.Values{"antwoord": {answer}, "nonce": {representative.nonce("/toestemming")}})
	}
	r.add("PIN after an approval", cas.anyPIN(r.use("address with a code")))
	r.correctAddress(cas.reference("/koppelen/pincode"), agents)
	pin := cas.anyPIN(r.use("address that agents type"))
	r.add("PIN to a corrected address", pin)
	wantStatus(r.t, r.insist(cas, "/koppelen/pincode", url.Values{"pin": {pin}, "nonce": {cas.nonce("/koppelen/pincode")}}), http.StatusSeeOther)
	r.tokens(cas)
}

func (r *canaryRun) correctAddress(reference string, agents []string) {
	correct := func(token, field string) error {
		fmt.Fprintln(&r.sent, r.use(field))
		_, err := r.stack.TypeAs(r.t.Context(), token, strings.NewReader(r.use(field)+"\n"),
			"helpdesk", "correct-address", reference, "--reason", "mistake", "--ticket", "HD-20264")
		return err
	}
	if correct(agents[0], "address that an agent mistypes") == nil {
		r.t.Error("what is no address was taken")
	}
	for _, token := range agents {
		r.must(correct(token, "address that agents type"))
	}
}

// reportOwnLink says "that was not me", once of nobody.
func (r *canaryRun) reportOwnLink() {
	cas := r.person("cas")
	cas.get("/koppeling/niet-van-mij?welke=" + r.use("identity that is none"))
	page := cas.get("/koppeling").body
	found := regexp.MustCompile(`/koppeling/niet-van-mij\?welke=([^"]+)`).FindStringSubmatch(page)
	if found == nil {
		r.t.Fatalf("no link to report the own login in\n%s", page)
	}
	nonce := cas.nonce("/koppeling/niet-van-mij?welke=" + found[1])
	wantStatus(r.t, r.insist(cas, "/koppeling/niet-van-mij", url.Values{"welke": {r.use("identity in a form")}, "nonce": {nonce}}), http.StatusForbidden)
	wantStatus(r.t, r.insist(cas, "/koppeling/niet-van-mij", url.Values{"welke": {found[1]}, "nonce": {nonce}}), http.StatusOK)
	r.await("the helpdesk has a case", `select count(*) > 0 from unlinkings`)
}
