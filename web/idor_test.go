package web

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
)

// TestNobodyReachesWhatIsNotTheirs asks every route, as everybody who might, with what belongs to somebody else in every
// field. No row of the others may change, no form may go to their cases, and no page may show what is known of them.
// Routes come from the website itself: one without a row in gates fails.
func TestNobodyReachesWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	a := newAttack(t)
	routes := a.w.site.(*gin.Engine).Routes()
	known := maps.Clone(gates)
	for _, route := range routes {
		name := route.Method + " " + route.Path
		gate, ok := known[name]
		if !ok {
			t.Errorf("%s has no row in gates (idor_test.go)", name)
			continue
		}
		delete(known, name)
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			defer a.w.lend(t)()
			for role, who := range a.roles {
				a.try(route.Method, route.Path, gate, role, who)
			}
		})
	}
	for name := range known {
		t.Errorf("gates has a row for %s, which is no route", name)
	}
	t.Logf("%d routes, %d roles, %d foreign ids: %d requests, all refused", len(routes), len(a.roles), len(a.foreign), a.asked)
}

// try asks one route as one role: as it is, with every foreign id in the fields, and in the path.
func (a *attack) try(method, path string, gate gate, role string, who *browser) {
	a.w.t.Helper()
	for _, form := range a.forms(method, gate, role, who) {
		a.send(method, path, form, gate, role, who)
	}
	for _, id := range a.foreign {
		for _, part := range strings.Split(path, "/") {
			if strings.HasPrefix(part, ":") {
				a.send(method, strings.ReplaceAll(path, part, url.PathEscape(id)), url.Values{}, gate, role, who)
			}
		}
	}
	before := a.before
	if a.before = a.theirs(); a.before != before {
		a.w.t.Errorf("as %s: of the rows of others these changed:\n%s", role, strings.Join(difference(before, a.before), "\n"))
	}
	for _, update := range a.w.engine.updates {
		if slices.Contains(a.foreign, update.WorkflowID) {
			a.w.t.Errorf("as %s: a form went to the case of somebody else", role)
		}
	}
	a.w.engine.updates = nil
}

// difference is the lines that only one of two texts has.
func difference(before, after string) (lines []string) {
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	for _, line := range slices.Concat(was, is) {
		if slices.Contains(was, line) != slices.Contains(is, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// forms are the forms to send: an own one, and own ones with foreign ids. Whom the route opens for sends every id in each
// field by itself. Others are turned away before any id is looked at: they send one of each kind, in all fields at once.
func (a *attack) forms(method string, gate gate, role string, who *browser) []url.Values {
	own, ids, together := url.Values{}, a.foreign, 1
	for field, value := range gate.fields {
		own.Set(field, value)
	}
	if gate.refuses(role) {
		ids, together = a.foreign[:a.kinds], max(1, len(own))
	}
	fields := slices.Collect(slices.Chunk(slices.Collect(maps.Keys(own)), together))
	if method == http.MethodPost {
		own.Set("nonce", a.nonce(who))
		fields = append(fields, []string{"nonce"})
	}
	all := []url.Values{own}
	for _, some := range fields {
		for _, id := range ids {
			all = append(all, with(own, some, id))
		}
	}
	return all
}

// with is a form with this in the place of some fields.
func with(form url.Values, fields []string, value string) url.Values {
	changed := maps.Clone(form)
	for _, field := range fields {
		changed.Set(field, value)
	}
	return changed
}

// send asks and checks the answer. Each request comes from a network of its own and finds the same session.
func (a *attack) send(method, path string, form url.Values, gate gate, role string, who *browser) {
	t := a.w.t
	t.Helper()
	a.asked++
	b := who.copy()
	b.address = a.w.browser().address
	var got answer
	if method == http.MethodPost {
		got = b.post(path, form)
	} else {
		got = b.send(httptest.NewRequest(method, publicURL+path+"?"+form.Encode(), nil))
	}
	if got.Code >= 500 && got.Code != http.StatusServiceUnavailable {
		t.Errorf("as %s with %v: status is %d", role, form, got.Code)
	}
	for name, secret := range a.secrets {
		if strings.Contains(got.Body.String(), secret) || strings.Contains(got.Header().Get("Location"), secret) {
			t.Errorf("as %s with %v: the answer holds %s", role, form, name)
		}
	}
	if opens := gate.opens == nil || slices.Contains(gate.opens, role); !opens && got.Code < 300 {
		t.Errorf("as %s with %v: the page opens (%d)", role, form, got.Code)
	}
	a.again()
}

// The roles of a visitor.
const (
	nobody     = "nobody"
	unlinked   = "somebody who has not linked"
	confirming = "somebody who awaits a PIN"
	waiting    = "somebody who awaits a representative"
	deciding   = "a representative"
	member     = "a linked person"
	mailed     = "somebody with a made-up link of a mail"
)

// gate is what a route is asked with.
type gate struct {
	opens  []string          // roles that see a page of it; nil: all
	fields map[string]string // of its form or query, as somebody would fill them in
}

// refuses tells whether it turns this role away for what they are, as it opens for others.
func (g gate) refuses(role string) bool {
	return len(g.opens) > 0 && !slices.Contains(g.opens, role)
}

var (
	public     = gate{}
	inside     = gate{opens: []string{unlinked, confirming, waiting, member}}
	linking    = gate{opens: []string{unlinked}, fields: map[string]string{"email": "eigen@eigen.example", "username": "eigen01", "password": "Eigen-2019"}}
	pinning    = gate{opens: []string{confirming}, fields: map[string]string{"pin": "123456"}}
	moving     = gate{opens: []string{confirming}, fields: map[string]string{"email": "ander@eigen.example"}}
	awaiting   = gate{opens: []string{waiting}}
	approves   = gate{opens: []string{deciding}, fields: map[string]string{answerField: "toestaan"}}
	members    = gate{opens: []string{member}}
	choosing   = gate{opens: []string{member}, fields: map[string]string{institutionField: "24VX"}}
	ending     = gate{opens: []string{member}, fields: map[string]string{sessionField: "x"}}
	changing   = gate{opens: []string{member}, fields: map[string]string{"email": "nieuw@eigen.example"}}
	typing     = gate{opens: []string{}, fields: map[string]string{"pin": "123456"}} // of a change, which the member has not begun
	proving    = gate{opens: []string{member}, fields: map[string]string{institutionField: "24VX", "username": "eigen01", "password": "Eigen-2019"}}
	picking    = gate{opens: []string{member}, fields: map[string]string{choiceField: "24VX"}}
	starting   = gate{fields: map[string]string{comebackField: string(backToLink)}}
	reporting  = gate{opens: []string{}, fields: map[string]string{identityField: "x"}} // a link of the member, which "x" is not
	forgetting = gate{opens: inside.opens, fields: map[string]string{"account": "eigen01"}}
	resetting  = gate{opens: []string{}, fields: map[string]string{"new": goodPassword, accountField: "x"}} // nobody has the mail
	// who comes back from the broker without having gone there gets a page of refusal
	returning = gate{opens: []string{}, fields: map[string]string{artifactField: "x", relayStateField: "x"}}
)

// gates has every route of the website.
var gates = map[string]gate{
	"GET /healthz": public, "GET /readyz": public, "GET /static/:name": public,
	"GET /": public, "POST /eherkenning/start": starting,
	"GET /eherkenning/acs": returning, "POST /eherkenning/acs": returning, "GET /eherkenning/terug": returning,
	"GET /koppelen": linking, "POST /koppelen": linking, "POST /koppelen/stoppen": inside,
	"GET /koppelen/pincode": pinning, "POST /koppelen/pincode": pinning, "POST /koppelen/pincode/opnieuw": pinning,
	"GET /koppelen/e-mail": moving, "POST /koppelen/e-mail": moving,
	"GET /koppelen/wachten": awaiting, "POST /koppelen/andere-gegevens": awaiting,
	"GET /toestemming": approves, "POST /toestemming": approves,
	"GET /wachtwoord-vergeten": inside, "POST /wachtwoord-vergeten": forgetting, "GET /wachtwoord-vergeten/verstuurd": inside,
	"GET /wachtwoord/nieuw": resetting, "POST /wachtwoord/nieuw": resetting, "GET /wachtwoord/gewijzigd": public,
	"GET /start": members, "POST /start/kiezen": choosing, "POST /uitloggen": inside,
	"GET /koppeling": members, "POST /koppeling/uitloggen": ending, "POST /koppeling/uitloggen-elders": ending,
	"GET /koppeling/niet-van-mij": reporting, "POST /koppeling/niet-van-mij": reporting,
	"GET /koppeling/e-mail": changing, "POST /koppeling/e-mail": changing,
	"GET /koppeling/e-mail/pincode": typing, "POST /koppeling/e-mail/pincode": typing,
	"POST /koppeling/e-mail/pincode/opnieuw": typing, "POST /koppeling/e-mail/stoppen": typing,
	"GET /account-toevoegen": choosing, "POST /account-toevoegen": picking, "POST /account-toevoegen/code": choosing,
	"GET /account-toevoegen/controleren": choosing, "POST /account-toevoegen/controleren": picking,
	"GET /account-toevoegen/resultaat": choosing, "GET /account-toevoegen/bewijs": choosing, "POST /account-toevoegen/bewijs": proving,
	"POST /account-toevoegen/inloggen":    choosing,
	"POST /account-toevoegen/toestemming": choosing, "POST /account-toevoegen/intrekken": choosing,
	"GET /sessie": inside, "GET /uitgelogd": public, "GET /sessie-verlopen": public,
	"GET /contact": public, "GET /toelichting": public, "GET /toegankelijkheid": public, "GET /privacy": public, "GET /licenties": public,
}

// attack is a website with people on it, and others who are after what is theirs.
type attack struct {
	w       *world
	roles   map[string]*browser
	victims []string          // of the ids of others those that stand in every row of theirs
	foreign []string          // ids of others: of identities, people, cases, sessions, forms, workflows, institutions
	secrets map[string]string // what is known of others, by what it is
	kinds   int               // of ids: the first so many of foreign are one of each
	rows    string            // the statement behind theirs
	before  string            // theirs, as the last role left them
	asked   int
}

// verdict for every form: nothing of it counts, so that each request finds what the one before found.
var nothingCounts = onboarding.Verdict{Outcome: onboarding.AskAgain}
