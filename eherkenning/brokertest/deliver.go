package brokertest

import (
	"net/http"
	"net/url"
)

// finish ends the login and sends the browser back with an artifact. Of two equal posts only the first gets one.
func (b *Broker) finish(w http.ResponseWriter, r *http.Request, l login, answer Answer) {
	if _, found := b.logins.take(l.ID); !found {
		b.pages.refuse(w, http.StatusNotFound, "Deze inlogpoging is al afgerond.", "")
		return
	}
	values := url.Values{"SAMLart": {b.HandOut(answer)}}
	if l.RelayState != "" {
		values.Set("RelayState", l.RelayState)
	}
	w.Header().Set("Cache-Control", "no-cache, no-store")
	if b.options.PostArtifact || l.Persona != nil && l.Persona.PostArtifact {
		b.pages.deliver(w, values)
		return
	}
	http.Redirect(w, r, withQuery(b.options.ServiceProvider.ACSURL, values), http.StatusSeeOther)
}
