package web

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// profileView is what koppel knows of a link, for the person whose it is.
type profileView struct {
	Nonce    string
	Change   string         // address that a PIN is on its way to; empty: none
	Stopped  bool           // an agent has just ended a change of address
	Own      identityView   // of this login
	Others   []identityView // other identities of the person
	Sessions []sessionView
	Date     string // of this page, for who prints it
	Time     string
}

// fact is something known, under the key of its name.
type fact struct{ Key, Value string }

// identityView is an identity of the person.
type identityView struct {
	Reference string // opaque, for the page that reports it
	Facts     []fact
}

// Elsewhere tells whether there are sessions besides this one.
func (v profileView) Elsewhere() bool { return len(v.Sessions) > 1 }

// sessionView is a browser that is logged in. What browser, or where, is not kept.
type sessionView struct {
	Reference          string // opaque, for the form
	Date, Time         string // of the login
	UsedDate, UsedTime string
	Here               bool
	Identity           string // opaque, for the page that reports it
}

func (s *site) showProfile(c *gin.Context, v visit) error {
	ctx := c.Request.Context()
	person, err := s.Store.Person(ctx, v.identity.Person)
	if err != nil {
		return err
	}
	identities, err := s.Store.IdentitiesOf(ctx, person.ID)
	if err != nil {
		return err
	}
	sessions, err := s.Store.SessionsOf(ctx, person.ID, s.Now())
	if err != nil {
		return err
	}
	language := languageOf(c)
	view := profileView{Nonce: newNonce(v.session.FormKey), Sessions: s.sessionViews(sessions, v, language),
		Date: messages.Date(language, s.Now()), Time: messages.Time(language, s.Now())}
	for _, identity := range identities {
		if identity.Hash == v.identity.Hash {
			view.Own = identityView{s.identityReference(identity.Hash), s.identityRows(identity, language, fact{"my.email", string(person.Email)})}
		} else {
			view.Others = append(view.Others, identityView{s.identityReference(identity.Hash),
				s.identityRows(identity, language, fact{"my.login", messages.Date(language, identity.LastLoginAt)})})
		}
	}
	change, err := s.standingOfChange(ctx, v)
	if err != nil {
		return err
	}
	if change.place == atPIN {
		view.Change = string(s.address(change))
	}
	view.Stopped = change.refusal == onboarding.StoppedByDesk && s.Now().Before(change.Since.Add(onboarding.EmailChangeOpen))
	shown := page{Template: "profile", Title: text(c, "my.h", nil), View: view}
	if c.Query(endedField) != "" {
		shown.Success = text(c, "ok.ended", nil)
	}
	if c.Query(changedField) != "" && change.place == atHome {
		shown.Success = text(c, "ok.mail", map[string]string{"email": string(person.Email)})
	}
	s.show(c, http.StatusOK, shown)
	return nil
}

// identityRows are the facts of one identity, and extra among them. What is not known has no row.
func (s *site) identityRows(i store.LinkedIdentity, language messages.Language, extra fact) []fact {
	organisation := string(i.Organisation)
	if i.Name != "" {
		organisation = messages.Text(language, "my.organisation.of", map[string]string{"organisatie": i.Name, "kvk": organisation})
	}
	all := []fact{
		{"my.since", messages.Date(language, i.LinkedAt)}, extra, {"my.organisation", organisation},
		{"my.last", s.lastOf(i.Identity)}, {"my.level", string(i.Level)}, {"my.supplier", s.Suppliers.name(i.Supplier)},
	}
	return slices.DeleteFunc(all, func(r fact) bool { return r.Value == "" })
}

// lastShown is how many characters of a pseudonym are shown: enough to tell two apart, too few to be anybody's.
const lastShown = 4

// lastOf are the last characters of the pseudonym; empty when its key is gone.
func (s *site) lastOf(i store.Identity) string {
	var subject onboarding.Subject
	opened, err := s.Records.Open("identities/"+i.Hash, i.Sealed)
	if err == nil {
		err = json.Unmarshal(opened, &subject)
	}
	if err != nil {
		s.Log.Error("pseudonym not opened", "cause", err)
	}
	return subject.Value[max(0, len(subject.Value)-lastShown):]
}

func (s *site) sessionViews(sessions []store.Session, v visit, language messages.Language) []sessionView {
	var views []sessionView
	for _, each := range sessions {
		views = append(views, sessionView{
			Reference: s.sessionReference(each.TokenHash),
			Date:      messages.Date(language, each.AuthenticatedAt), Time: messages.Time(language, each.AuthenticatedAt),
			UsedDate: messages.Date(language, each.LastUsedAt), UsedTime: messages.Time(language, each.LastUsedAt),
			Identity: s.identityReference(each.Identity),
			Here:     string(each.TokenHash) == string(v.session.TokenHash),
		})
	}
	return views
}

// sessionReference names a session in a form, and says nothing of its token.
func (s *site) sessionReference(tokenHash []byte) string {
	return s.Lookup.Hash("session", hex.EncodeToString(tokenHash))
}

const (
	sessionField = "sessie"
	changedField = "gewijzigd" // the address was just changed
	endedField   = "beeindigd" // other sessions were just ended
)

// endSession ends another session of the person. One that is not theirs, or is over, changes nothing.
func (s *site) endSession(c *gin.Context, v visit) error {
	return s.endSessions(c, v, func(each store.Session) bool {
		return s.sessionReference(each.TokenHash) == c.PostForm(sessionField)
	})
}

// endOtherSessions ends every session of the person but this one.
func (s *site) endOtherSessions(c *gin.Context, v visit) error {
	return s.endSessions(c, v, func(store.Session) bool { return true })
}

func (s *site) endSessions(c *gin.Context, v visit, chosen func(store.Session) bool) error {
	if err := parseForm(c); err != nil {
		return err
	}
	if _, _, ok := sentNonce(c, v); !ok {
		c.Redirect(http.StatusSeeOther, profilePath)
		return nil
	}
	sessions, err := s.Store.SessionsOf(c.Request.Context(), v.identity.Person, s.Now())
	if err != nil {
		return err
	}
	var ended [][]byte
	for _, each := range sessions {
		if chosen(each) && string(each.TokenHash) != string(v.session.TokenHash) {
			ended = append(ended, each.TokenHash)
		}
	}
	if len(ended) == 0 {
		c.Redirect(http.StatusSeeOther, profilePath)
		return nil
	}
	if err := s.Store.EndSessions(c.Request.Context(), v.identity.Person, v.identity.Hash, ended, s.Now()); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, profilePath+"?"+endedField+"=1")
	return nil
}
