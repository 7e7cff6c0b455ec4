package web

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// A page that answers a form can't be asked for again. There the language switch is a form of its own, which posts
// back what the page holds: the values but for passwords, the nonce, and the faults, signed like the nonce. The same
// page comes back in the other language, and nothing is submitted. It stands apart from the form on the page, so that
// Enter in a field never presses it.

const faultsField = "fouten"

// kept is a field of the language switch.
type kept struct{ Name, Value string }

// showForm shows a form that comes back.
func (s *site) showForm(c *gin.Context, v visit, status int, f form, st standing, state formState) {
	p := f.page(st, state)
	p.Kept = []kept{{nonceField, state.nonce}, {faultsField, signFaults(v.session.FormKey, state)}}
	for _, name := range append(slices.Sorted(maps.Keys(inputs)), accountField) { // the last one is not typed but picked
		if typed, sent := c.GetPostForm(name); sent && inputs[name].Type != "password" && !state.clear {
			p.Kept = append(p.Kept, kept{name, typed})
		}
	}
	s.show(c, status, p)
}

// showAgain shows a form that came back once more, in the language that is now the reader's.
func (s *site) showAgain(c *gin.Context, v visit, f form, st standing) {
	state := readFaults(v.session.FormKey, c.PostForm(faultsField))
	var ok bool
	if state.nonce, _, ok = sentNonce(c, v); !ok {
		state.nonce = newNonce(v.session.FormKey)
	}
	status := http.StatusOK
	if len(state.faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	s.showForm(c, v, status, f, st, state)
}

// signed is what the language switch remembers of a formState.
type signed struct {
	Faults []fieldError
	Clear  bool
}

func signFaults(formKey []byte, state formState) string {
	content, err := json.Marshal(signed{state.faults, state.clear})
	if err != nil {
		panic("faults are JSON: " + err.Error())
	}
	text := base64.RawURLEncoding.EncodeToString(content)
	return text + "." + faultsMAC(formKey, text)
}

// readFaults reads what signFaults wrote with the same key; anything else is a form without faults.
func readFaults(formKey []byte, token string) formState {
	text, mac, _ := strings.Cut(token, ".")
	content, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !hmac.Equal([]byte(mac), []byte(faultsMAC(formKey, text))) {
		return formState{}
	}
	var state signed
	if err := json.Unmarshal(content, &state); err != nil {
		return formState{}
	}
	return formState{faults: state.Faults, clear: state.Clear}
}

// faultsMAC differs from that of a nonce, so that neither passes for the other.
func faultsMAC(formKey []byte, text string) string { return nonceMAC(formKey, faultsField+":"+text) }
