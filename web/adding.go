package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
)

// addView is the page on which a person chooses what to add to the account.
type addView struct {
	Nonce  string
	Own    []choice // the present login suffices
	Others []choice // another organisation has to log in for these
	Typed  string   // in the field for a code
	Waits  []choice // a representative has been asked
}

// choice is an institution that can be chosen, or has been.
type choice struct {
	Kind    string // school or board
	Name    string
	Place   string
	Code    string
	Checked bool
}

// showAdding shows what the register lets the person add. It is read at every request: nothing about it comes from a
// form (threat T20).
func (s *site) showAdding(c *gin.Context, v visit) error {
	if !s.fresh(v) { // asked first, so that nobody chooses in vain
		return staleLogin(backToAdding)
	}
	return s.showChoices(c, v, http.StatusOK, nil)
}

func (s *site) showChoices(c *gin.Context, v visit, status int, faults []fieldError) error {
	candidates, err := s.Store.Candidates(c.Request.Context(), v.identity.Person, v.identity.Organisation)
	if err != nil {
		return err
	}
	view := addView{Nonce: newNonce(v.session.FormKey), Typed: c.PostForm(institutionField)}
	wanted := codesIn(c.QueryArray(institutionField))
	waits, err := s.Store.AwaitedInstitutions(c.Request.Context(), v.identity.Person)
	if err != nil {
		return err
	}
	for _, waited := range waits {
		view.Waits = append(view.Waits, choice{Name: waited.Name, Place: waited.Place, Code: string(waited.Code)})
	}
	for _, candidate := range candidates {
		if shown := choiceOf(candidate, wanted); candidate.OwnBoard {
			view.Own = append(view.Own, shown)
		} else {
			view.Others = append(view.Others, shown)
		}
	}
	s.show(c, status, page{Template: "adding", Title: text(c, "add.h", nil), Errors: faults, View: view})
	return nil
}

func choiceOf(candidate store.Candidate, wanted []onboarding.InstitutionCode) choice {
	return choice{string(candidate.Kind), candidate.Name, candidate.Place, string(candidate.Code),
		slices.Contains(wanted, candidate.Code)}
}

// choose takes the ticked ones to the page where they are looked at once more.
func (s *site) chooseAdditions(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	chosen := codesIn(c.PostFormArray(choiceField))
	switch _, _, ok := sentNonce(c, v); {
	case !ok:
		return s.showChoices(c, v, http.StatusUnprocessableEntity, []fieldError{{Key: "e.stale"}})
	case len(chosen) == 0:
		return s.showChoices(c, v, http.StatusUnprocessableEntity, []fieldError{{Field: choiceField, Key: "e.id.none"}})
	}
	c.Redirect(http.StatusSeeOther, withCodes(checkPath, chosen))
	return nil
}

const choiceField = "keuze"

// enterCode takes a code that was typed to the page where its institution can be added.
func (s *site) enterCode(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	if _, _, ok := sentNonce(c, v); !ok {
		return s.showChoices(c, v, http.StatusUnprocessableEntity, []fieldError{{Key: "e.stale"}})
	}
	code, err := onboarding.ParseInstitutionCode(c.PostForm(institutionField))
	if err != nil {
		return s.showChoices(c, v, http.StatusUnprocessableEntity, []fieldError{{Field: institutionField, Key: "e.id.form"}})
	}
	candidate, err := s.candidate(c, v, code)
	if err != nil {
		return err
	}
	if candidate.Member {
		args := map[string]string{"naam": candidate.Name}
		return s.showChoices(c, v, http.StatusUnprocessableEntity, []fieldError{{Field: institutionField, Key: "e.id.have", Args: args}})
	}
	c.Redirect(http.StatusSeeOther, addressOf(candidate))
	return nil
}

// candidate is an institution that is open, as the person meets it. Unknown and closed ones have pages of their own.
func (s *site) candidate(c *gin.Context, v visit, code onboarding.InstitutionCode) (store.Candidate, error) {
	ctx := c.Request.Context()
	found, err := s.Store.Candidate(ctx, v.identity.Person, v.identity.Organisation, code)
	if onboarding.KindOf(err) == onboarding.NotFound {
		return found, &statusPage{status: http.StatusNotFound, view: statusView{
			Key: "p.unknownid", Args: map[string]string{"code": string(code)}, Action: addPath}}
	}
	if err != nil || !found.ClosedOn.Valid {
		return found, err
	}
	args := moment(languageOf(c), found.ClosedOn.Time)
	args["naam"], args["code"] = found.Name, string(found.Code)
	if found.Successor == "" {
		return found, &statusPage{status: http.StatusConflict, view: statusView{Key: "p.closedid", Args: args, Action: addPath}}
	}
	next, err := s.Store.Candidate(ctx, v.identity.Person, v.identity.Organisation, found.Successor)
	if err != nil {
		return found, err
	}
	args["naam2"], args["code2"] = next.Name, string(next.Code)
	return found, &statusPage{status: http.StatusConflict, view: statusView{Key: "p.mergedid", Args: args, Action: addressOf(next)}}
}

// addressOf is the page on which an institution goes on being added.
func addressOf(candidate store.Candidate) string {
	next := proofPath
	switch {
	case candidate.Member:
		next = resultPath
	case candidate.Addable():
		next = checkPath
	}
	return withCodes(next, []onboarding.InstitutionCode{candidate.Code})
}

// codesIn reads codes of institutions, each once; what is none is left out. No page of ours sends more than mostCodes.
func codesIn(sent []string) []onboarding.InstitutionCode {
	var codes []onboarding.InstitutionCode
	for _, text := range sent[:min(len(sent), mostCodes)] {
		if code, err := onboarding.ParseInstitutionCode(text); err == nil && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

const mostCodes = 200

// withCodes is an address with institutions in it. Their codes are public.
func withCodes(path string, codes []onboarding.InstitutionCode) string {
	query := url.Values{}
	for _, code := range codes {
		query.Add(institutionField, string(code))
	}
	return path + "?" + query.Encode()
}
