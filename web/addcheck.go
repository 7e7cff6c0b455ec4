package web

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// addCheckView shows what is about to be added.
type addCheckView struct {
	Nonce  string
	Chosen []choice
	Change string // address of the page with the choices, these ticked
}

// additionForm is what a form of an addition hands to the worker. Identity is that of the login that sends it.
type additionForm struct {
	Identity string `json:"identity"`
	Language string `json:"language"`
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`

	Code onboarding.ActivationCode `json:"code,omitempty"`
}

// showAddCheck shows the chosen ones of those that can be added now.
func (s *site) showAddCheck(c *gin.Context, v visit) error {
	if !s.fresh(v) {
		return staleLogin(backToAdding)
	}
	chosen, err := s.addable(c, v, codesIn(c.QueryArray(institutionField)))
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		c.Redirect(http.StatusSeeOther, addPath)
		return nil
	}
	s.show(c, http.StatusOK, addCheckPage(c, chosen, newNonce(v.session.FormKey)))
	return nil
}

func addCheckPage(c *gin.Context, chosen []store.Candidate, nonce string, faults ...fieldError) page {
	view := addCheckView{Nonce: nonce}
	var codes []onboarding.InstitutionCode
	for _, candidate := range chosen {
		codes = append(codes, candidate.Code)
		view.Chosen = append(view.Chosen, choiceOf(candidate, nil))
	}
	view.Change = withCodes(addPath, codes)
	return page{Template: "addcheck", Title: text(c, "chk.h", nil), Errors: faults, View: view}
}

// addable are those of the institutions that the register lets the person add with this login.
func (s *site) addable(c *gin.Context, v visit, codes []onboarding.InstitutionCode) ([]store.Candidate, error) {
	candidates, err := s.Store.Candidates(c.Request.Context(), v.identity.Person, v.identity.Organisation)
	return slices.DeleteFunc(candidates, func(candidate store.Candidate) bool {
		return !candidate.Addable() || !slices.Contains(codes, candidate.Code)
	}), err
}

// addChosen adds them, each by a case of its own, and goes to the page that says what became of each. What cannot be
// added is not asked for, whatever the form says; the worker looks again.
func (s *site) addChosen(c *gin.Context, v visit) error {
	if err := parseForm(c); err != nil {
		return err
	}
	codes := codesIn(c.PostFormArray(choiceField))
	nonce, id, ok := sentNonce(c, v)
	if !ok {
		c.Redirect(http.StatusSeeOther, withCodes(checkPath, codes))
		return nil
	}
	if !s.fresh(v) {
		return staleLogin(backToAdding)
	}
	chosen, err := s.addable(c, v, codes)
	if err != nil {
		return err
	}
	if reached := s.addEach(c, v, id, chosen); reached == 0 && len(chosen) > 0 {
		setRetryAfter(c, retrySoon)
		s.show(c, http.StatusServiceUnavailable, addCheckPage(c, chosen, nonce, fieldError{Key: "e.away"}))
		return nil
	}
	c.Redirect(http.StatusSeeOther, withCodes(resultPath, codes))
	return nil
}

// addAtOnce is how many cases one page asks at the same time.
const addAtOnce = 8

// addEach asks for each of the chosen and returns how many cases answered. Why one did not is in the log; the page of
// results says that it has not been added.
func (s *site) addEach(c *gin.Context, v visit, id string, chosen []store.Candidate) (reached int) {
	var wait sync.WaitGroup
	answers, slots := make([]error, len(chosen)), make(chan struct{}, addAtOnce)
	for i, candidate := range chosen {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			_, answers[i] = s.submit(c.Request.Context(), submission{
				workflow: s.additionID(v, candidate.Code), begin: s.beginAddition(v, candidate.Code, string(languageOf(c))),
				update: workflows.AddAsContact, id: id + "-" + string(candidate.Code),
				input: additionForm{Identity: v.identity.Hash, Language: string(languageOf(c))}})
		})
	}
	wait.Wait()
	for _, err := range answers {
		if err == nil || onboarding.KindOf(err) == onboarding.Stale {
			reached++
			continue
		}
		s.saw(c, err)
		s.Log.WarnContext(c.Request.Context(), "institution not added", "cause", err)
	}
	return reached
}

func (s *site) additionID(v visit, code onboarding.InstitutionCode) string {
	return workflows.AdditionID(s.Lookup.Hash, v.identity.Person, code)
}

// beginAddition is how the addition of an institution begins; where one runs already, that one counts.
func (s *site) beginAddition(v visit, code onboarding.InstitutionCode, language string) beginning {
	return func(context.Context) (start, error) {
		id := s.additionID(v, code)
		in := workflows.AdditionInput{
			Case: newUUID(), Person: v.identity.Person, Identity: v.identity.Hash, Institution: code,
			Reference: workflows.Reference(s.Lookup.Hash, id), Language: language, At: s.Now(),
		}
		return start{workflows.AdditionOptions(id, in), workflows.AdditionName, in}, nil
	}
}
