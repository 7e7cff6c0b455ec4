package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// notMineView asks whether an identity is to be reported to the helpdesk.
type notMineView struct {
	Nonce    string
	Identity string // opaque, for the form
	Own      bool   // it is the one of this login
	Facts    []fact
}

const notMinePath = "/koppeling/niet-van-mij"

// identityField names an identity of the person by a keyed hash, which nobody can make up.
const identityField = "welke"

func (s *site) identityReference(hash string) string {
	return s.Lookup.Hash("identity-reference", hash)
}

// showNotMine says what happens when somebody reports that a link was not them. Nothing happens yet.
func (s *site) showNotMine(c *gin.Context, v visit) error {
	identity, err := s.reported(c, v, c.Query(identityField))
	if err != nil {
		return err
	}
	s.show(c, http.StatusOK, page{Template: "notmine", Title: text(c, "not.h", nil), View: notMineView{
		Nonce: newNonce(v.session.FormKey), Identity: s.identityReference(identity.Hash), Own: identity.Hash == v.identity.Hash,
		Facts: s.identityRows(identity, languageOf(c), fact{})}})
	return nil
}

// reported is the identity of the person that is named; a page of refusal when none of theirs is.
func (s *site) reported(c *gin.Context, v visit, named string) (store.LinkedIdentity, error) {
	identities, err := s.Store.IdentitiesOf(c.Request.Context(), v.identity.Person)
	if err != nil {
		return store.LinkedIdentity{}, err
	}
	for _, identity := range identities {
		if s.identityReference(identity.Hash) == named {
			return identity, nil
		}
	}
	return store.LinkedIdentity{}, &statusPage{status: http.StatusForbidden, view: statusView{Key: "p.403", Action: profilePath}}
}

// reportNotMine starts a case for the helpdesk. Reported twice, it is one case: the link stays until two agents have
// looked.
func (s *site) reportNotMine(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	if _, _, ok := sentNonce(c, v); !ok {
		c.Redirect(http.StatusSeeOther, profilePath)
		return nil
	}
	identity, err := s.reported(c, v, c.PostForm(identityField))
	if err != nil {
		return err
	}
	reference := s.reference(identity.Hash)
	if err := s.startUnlinking(c.Request.Context(), identity, reference); err != nil {
		s.saw(c, err)
		return &statusPage{status: http.StatusServiceUnavailable, retryAfter: retrySoon,
			view: statusView{Key: "p.away", Action: notMinePath + "?" + identityField + "=" + s.identityReference(identity.Hash)}}
	}
	return &statusPage{status: http.StatusOK, reference: reference,
		view: statusView{Key: "p.reported", Action: profilePath, ShowReference: true}}
}

func (s *site) startUnlinking(ctx context.Context, identity store.LinkedIdentity, reference onboarding.Reference) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startWait)
	defer cancel()
	in := workflows.UnlinkingInput{Case: newUUID(), Identity: identity.Hash, Reference: reference, Reported: true, At: s.Now()}
	if _, err := s.Temporal.ExecuteWorkflow(ctx, workflows.UnlinkingOptions(in), workflows.UnlinkingName, in); err != nil {
		return temporalAway("start unlinking", err)
	}
	return nil
}
