package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/store"
)

// addResultView says what became of each institution that was to be added.
type addResultView struct {
	Results []addResult
	Self    string // address of this page, while some are being added; else empty
}

// addResult is what became of one.
type addResult struct {
	choice
	Key       string            // of the sentence that says it
	Args      map[string]string // of that sentence
	Reference string            // of its case; empty when there is none
	Again     string            // address where one can try again; empty: nowhere
	Waits     string            // address that shows the question to the representatives; empty: there is none
}

// showAddResult reads from the rows of the person what became of the institutions in the address.
func (s *site) showAddResult(c *gin.Context, v visit) error {
	var view addResultView
	var added []string
	codes := codesIn(c.QueryArray(institutionField))
	for _, code := range codes {
		candidate, err := s.Store.Candidate(c.Request.Context(), v.identity.Person, v.identity.Organisation, code)
		if onboarding.KindOf(err) == onboarding.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		addition, err := s.addition(c, v, code)
		if err != nil {
			return err
		}
		result := s.resultOf(c, candidate, addition)
		view.Results = append(view.Results, result)
		if result.Key == "res.working" {
			view.Self = withCodes(resultPath, codes)
		}
		if candidate.Member {
			added = append(added, candidate.Name+" ("+string(code)+")")
		}
	}
	if len(view.Results) == 0 {
		c.Redirect(http.StatusSeeOther, addPath)
		return nil
	}
	shown := page{Template: "addresult", Title: text(c, "res.h", nil), View: view}
	if len(added) > 0 {
		shown.Success = text(c, "ok.added", map[string]string{"namen": strings.Join(added, ", ")})
	}
	s.show(c, http.StatusOK, shown)
	return nil
}

// refusedKeys are the sentences for what did not count although it was right.
var refusedKeys = map[onboarding.Outcome]string{
	onboarding.NotContact: "res.contact", onboarding.OtherBoard: "res.board", onboarding.Taken: "res.taken",
	onboarding.OtherInstitution: "res.other", onboarding.InstitutionEnded: "res.ended",
	onboarding.NotApproved: "res.refused", onboarding.NotAnswered: "res.lapsed",
	onboarding.StoppedByDesk: "res.stopped",
}

func (s *site) resultOf(c *gin.Context, candidate store.Candidate, addition store.Addition) addResult {
	result := addResult{choice: choiceOf(candidate, nil), Key: "res.not", Again: addressOf(candidate),
		Reference: string(addition.Reference)}
	refused, told := refusedKeys[addition.Refusal]
	switch {
	case candidate.Member:
		result.Key, result.Again, result.Reference = "res.added", "", ""
	case candidate.ClosedOn.Valid:
		result.Key, result.Again = "res.ended", ""
	case addition.Step == onboarding.Completing:
		result.Key, result.Again = "res.working", ""
	case addition.Step == onboarding.AwaitRepresentative:
		result.Key, result.Again = "res.waiting", ""
		result.Waits = withCodes(proofPath, []onboarding.InstitutionCode{candidate.Code})
		result.Args = moment(languageOf(c), addition.Deadline)
	case s.Now().Before(addition.LockedUntil):
		result.Key, result.Again = "res.locked", ""
		result.Args = moment(languageOf(c), onboarding.OnTheMinute(addition.LockedUntil))
	case told && (!addition.Step.Over() || addition.Refusal == onboarding.StoppedByDesk):
		result.Key = refused
	case !candidate.Contact:
		result.Key = "res.contact"
	case !candidate.OwnBoard:
		result.Key = "res.board"
	}
	return result
}
