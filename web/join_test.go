package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/beevik/etree"

	"koppel/activities"
	"koppel/eherkenning/brokertest"
)

// joining starts the login with another eHerkenning from the page of an institution of another board.
func (b *browser) joining() (requestID, relayState string) {
	b.w.t.Helper()
	page := b.post(joinPath, url.Values{nonceField: {b.get(addPath).value(nonceField)}}).expect(http.StatusOK)
	raw, err := base64.StdEncoding.DecodeString(page.value("SAMLRequest"))
	b.w.must(err)
	message := etree.NewDocument()
	b.w.must(message.ReadFromBytes(raw))
	return message.Root().SelectAttrValue("ID", ""), page.value("RelayState")
}

// elsewhere is the same pretend person for the organisation of board 20111.
func (w *world) elsewhere(username string) brokertest.Answer {
	who := persona("jane")
	who.Username = username
	organisation := who.Organisations[0]
	organisation.KvK = "90009999"
	return w.broker.Answer("", who, organisation)
}

// joins lets the pretend engine do what the worker does.
func (w *world) joins() {
	w.engine.joins = func(in activities.Joining) {
		_, err := w.sql.Exec(`update identities set person = $2, linked_at = $3 where hash = $1 and person is null`, in.Identity, in.Person, w.now)
		w.must(err)
	}
}

// loginAs logs in with an answer of the broker.
func (b *browser) loginAs(given brokertest.Answer) answer {
	b.w.t.Helper()
	requestID, relay := b.start()
	return b.get(back(relay, b.w.handOut(requestID, given)))
}

func (w *world) handOut(requestID string, given brokertest.Answer) string {
	given.RequestID = requestID
	return w.broker.HandOut(given)
}

func TestSecondLoginJoinsThePersonAndOffersItsInstitutions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("16AH", "07XY")
	w.joins()
	before, token := w.identity(), b.cookies[sessionCookie]
	requestID, relay := b.joining()
	b.get(back(relay, w.handOut(requestID, w.elsewhere("elsewhere")))).redirects(addPath)
	if b.cookies[sessionCookie] == token {
		t.Error("the session kept its token")
	}
	b.get(addPath).wantOffered("07XY")
	b.get(homePath).expect(http.StatusOK).says("De Regenboog")
	if len(w.engine.joined) != 1 || w.engine.joined[0].Identity == before {
		t.Errorf("joined %+v", w.engine.joined)
	}
	requestID, relay = b.joining()
	b.get(back(relay, w.handOut(requestID, w.broker.Answer("", persona("jane"), persona("jane").Organisations[0])))).redirects(addPath)
	b.get(addPath).wantOffered("16AH")
	if len(w.engine.joined) != 1 {
		t.Error("an identity of the person joined once more")
	}
}

func TestSecondLoginThatBelongsToSomebodyElseChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.browser()
	other.loginAs(w.elsewhere("somebody"))
	w.link()
	w.now = w.now.Add(time.Second)
	b := w.browser()
	b.login("jane")
	w.inRegister("07XY")
	w.joins()
	requestID, relay := b.joining()
	page := b.get(back(relay, w.handOut(requestID, w.elsewhere("somebody")))).expect(http.StatusConflict).headed(nl("p.join.taken.h"))
	if page.doc.Find("main a.nl-button").AttrOr("href", "") != addPath {
		t.Error("the page does not lead back")
	}
	b.get(addPath).expect(http.StatusOK).says("De Boei")
}

func TestSecondLoginThatIsCancelledLeadsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("jane")
	w.inRegister("07XY")
	cancelled := w.elsewhere("elsewhere")
	cancelled.Status = persona("carl").Status
	requestID, relay := b.joining()
	page := b.get(back(relay, w.handOut(requestID, cancelled))).headed(nl("p.join.cancel.h"))
	if page.doc.Find("main a.nl-button").AttrOr("href", "") != addPath {
		t.Error("the page does not lead back")
	}
	b.get(addPath).expect(http.StatusOK)
}

func TestSecondLoginCountsInItsOwnSessionOnly(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(w *world, b *browser){
		"logged out": func(w *world, b *browser) { delete(b.cookies, sessionCookie) },
		"logged in anew in another tab": func(w *world, b *browser) {
			b.login("jane")
		},
		"somebody else logged in": func(w *world, b *browser) { b.loginAs(w.elsewhere("somebody")) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			b.login("jane")
			w.inRegister("07XY")
			w.joins()
			requestID, relay := b.joining()
			browserKept := b.cookies[browserCookie]
			meanwhile(w, b)
			b.cookies[browserCookie] = browserKept
			a := b.get(back(relay, w.handOut(requestID, w.elsewhere("elsewhere"))))
			a.expect(http.StatusConflict).headed(nl("p.join.gone.h"))
			if len(w.engine.joined) != 0 {
				t.Error("an identity joined a session that it does not belong to")
			}
		})
	}
}
