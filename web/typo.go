package web

import (
	"github.com/gin-gonic/gin"

	"koppel/onboarding"
)

// question keeps the draft of a form and asks whether its address is right, where it looks mistyped. It asks about an
// address once: sent again it goes through. What was asked is kept with the draft, not on the page.
func (s *site) question(c *gin.Context, v visit, f form) []fieldError {
	now, before := *f.draft, s.draftOf(c, v.identity.Hash)
	now.Asked = before.Asked
	meant, doubtful := s.meant(c, v, now.Email)
	doubtful = doubtful && now.Email != before.Asked
	if doubtful {
		now.Asked = now.Email
	}
	if kept := s.keepDraft(c, v.identity.Hash, now); !kept || !doubtful {
		return nil
	}
	args := map[string]string{"voorstel": string(meant)}
	asked := []fieldError{{Field: "email", Key: "typo", Args: args, Press: f.button}}
	for _, field := range f.fields {
		if inputs[field].Type == "password" && c.PostForm(field) != "" {
			asked = append(asked, fieldError{Field: field, Key: "e.pw.again"})
		}
	}
	return asked
}

// meant is what an address that looks mistyped should have been. Domains of the visitor's own organisation are known.
func (s *site) meant(c *gin.Context, v visit, typed string) (onboarding.Email, bool) {
	email, err := onboarding.ParseEmail(typed)
	if err != nil || email.General() {
		return "", false
	}
	known, err := s.Store.MailDomains(c.Request.Context(), v.identity.Organisation)
	if err != nil {
		s.saw(c, err) // the common ones are known all the same
	}
	return email.Meant(known)
}
