package web

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
	"koppel/workflows"
)

// linkView is the form that proves the old account.
type linkView struct {
	proofView
	Username string
}

// proofView is what both forms for a proof have.
type proofView struct {
	Nonce        string
	Email        string
	Organisation string // may be empty
	KvK          string
	Minutes      int  // that an unused page keeps one logged in
	Expired      bool // the case before this one was not finished in time
}

func newProofView(v visit, st standing, email string, state formState) proofView {
	return proofView{
		Nonce: state.nonce, Email: email, Organisation: v.identity.Name, KvK: string(v.identity.Organisation),
		Minutes: int(onboarding.SessionIdleUnlinked.Minutes()), Expired: st.linking.Step == onboarding.Expired,
	}
}

// linkForm is what was typed. The password goes to the worker and never back to the page.
type linkForm struct {
	Email    string `json:"email"`
	Username string `json:"username"`
	Password string `json:"password"`
	Language string `json:"language"`
}

// againField asks for the form where a refusal of the last proof is shown.
const againField = "opnieuw"

// showLink shows the form, or what stands in its way.
func (s *site) showLink(c *gin.Context, v visit) error {
	st, err := s.standing(c.Request.Context(), v.identity.Hash)
	if err != nil {
		return err
	}
	if st.place != atProof {
		return s.proceed(c, v)
	}
	if obstacle := s.obstacle(c, st); obstacle != nil {
		return obstacle
	}
	kept := s.draftOf(c, v.identity.Hash)
	back, show := backToLink, linkPage
	if cmp.Or(c.Query(modeField), kept.Mode) == codeMode {
		back, show = backToCode, codePage
	}
	if !s.fresh(v) {
		return staleLogin(back)
	}
	typed := linkForm{Email: kept.Email}
	if typed.Email == "" {
		typed.Email = string(s.address(st))
	}
	s.show(c, http.StatusOK, show(c, v, st, typed, formState{nonce: newNonce(v.session.FormKey)}))
	return nil
}

// proofRefusals are the pages of why a right proof did not count.
var proofRefusals = map[onboarding.Outcome]statusPage{
	onboarding.Taken:            {status: http.StatusConflict, view: statusView{Key: "p.taken"}},
	onboarding.InstitutionEnded: {status: http.StatusConflict, view: statusView{Key: "p.ended"}},
	onboarding.CodeEnded:        {status: http.StatusConflict, view: statusView{Key: "p.code"}},
	onboarding.NotApproved:      {status: http.StatusForbidden, view: statusView{Key: "p.refused"}},
	onboarding.StoppedByDesk:    {status: http.StatusGone, view: statusView{Key: "p.stopped"}},
	onboarding.NotAnswered:      {status: http.StatusForbidden, view: statusView{Key: "p.lapsed"}},
}

// obstacle is the page that comes before the form: a lock, or why a right proof did not count.
func (s *site) obstacle(c *gin.Context, st standing) error {
	switch {
	case st.linking.Step.Over() && st.linking.Refusal != onboarding.StoppedByDesk:
		return nil
	case st.lockedAt(s.Now()):
		return s.lockPage(c, st, "p.credblock")
	case c.Query(againField) != "":
		return nil
	}
	if why, refused := proofRefusals[st.linking.Refusal]; refused {
		why.view.Action, why.view.ShowReference = linkPath+"?"+againField+"=1", true
		return &why
	}
	return nil
}

func (s *site) submitLink(c *gin.Context, v visit) form {
	typed := linkForm{
		Email:    c.PostForm("email"),
		Username: c.PostForm("username"),
		Password: c.PostForm("password"),
		Language: string(languageOf(c)),
	}
	return form{
		trail: &linkTrail, workflow: workflows.LinkingID(v.identity.Hash), begin: s.beginLinking(v, typed.Language),
		place: atProof, goal: atPIN, update: workflows.SubmitCredentials,
		pace: s.paces.credentials, mails: true, proves: backToLink,
		draft:  &draft{Email: typed.Email},
		input:  typed.parsed(),
		faults: typed.faults(),
		page:   func(st standing, state formState) page { return linkPage(c, v, st, typed, state) },
		title:  "link.h", fields: []string{"email", "username", "password"}, button: "next",
	}
}

// parsed is the form with its address as mail will be sent to it.
func (f linkForm) parsed() linkForm {
	if email, err := onboarding.ParseEmail(f.Email); err == nil {
		f.Email = string(email)
	}
	return f
}

func (f linkForm) faults() []fieldError {
	faults := emailFaults(f.Email)
	if strings.TrimSpace(f.Username) == "" {
		faults = append(faults, fieldError{Field: "username", Key: "e.user.empty"})
	}
	if f.Password == "" {
		faults = append(faults, fieldError{Field: "password", Key: "e.pw.empty"})
	}
	return faults
}

// emailFaults refuses what is no address, and addresses that several people read.
func emailFaults(typed string) []fieldError {
	email, err := onboarding.ParseEmail(typed)
	if err != nil {
		return faultOf("email", err)
	}
	if email.General() {
		args := map[string]string{"email": string(email), "domein": email.Domain()}
		return []fieldError{{Field: "email", Key: "e.mail.general", Args: args}}
	}
	return nil
}

func linkPage(c *gin.Context, v visit, st standing, typed linkForm, state formState) page {
	return page{
		Template: "link", Title: text(c, "link.h", nil), Errors: state.faults,
		View: linkView{newProofView(v, st, typed.Email, state), typed.Username},
	}
}
