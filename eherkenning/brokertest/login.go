package brokertest

import (
	"net/http"
	"time"
)

const loginLife = 15 * time.Minute

// login is how far somebody came on the pages. It is kept by value: each page stores a new one.
type login struct {
	ID         string // in the address of the pages; they work without cookies
	RequestID  string
	RelayState string
	Supplier   Supplier
	Persona    *Persona // after user name and password
	Coded      bool     // after the code
}

// step is the template of the page that is next.
func (l login) step() string {
	switch {
	case l.Supplier == Supplier{}:
		return "supplier"
	case l.Persona == nil:
		return "password"
	case !l.Coded:
		return "code"
	}
	return "organisation"
}

func (b *Broker) start(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxMessage)
	relayState := r.PostFormValue("RelayState")
	requestID, err := b.readRequest(r.PostFormValue("SAMLRequest"), relayState)
	if err != nil {
		b.pages.refuse(w, http.StatusBadRequest, "De aanvraag om in te loggen klopt niet.", err.Error())
		return
	}
	b.proceed(w, r, login{ID: newID(), RequestID: requestID, RelayState: relayState})
}

func (b *Broker) startRedirected(w http.ResponseWriter, r *http.Request) {
	requestID, err := b.readRedirected(r.URL.RawQuery)
	if err != nil {
		b.pages.refuse(w, http.StatusBadRequest, "De aanvraag om in te loggen klopt niet.", err.Error())
		return
	}
	b.proceed(w, r, login{ID: newID(), RequestID: requestID, RelayState: r.URL.Query().Get("RelayState")})
}

// proceed stores the login and sends the browser to its next page.
func (b *Broker) proceed(w http.ResponseWriter, r *http.Request, l login) {
	b.logins.put(l.ID, l)
	http.Redirect(w, r, b.options.BaseURL+"/inloggen/"+l.ID, http.StatusSeeOther)
}

// withLogin looks up the login that the address names.
func (b *Broker) withLogin(page func(http.ResponseWriter, *http.Request, login)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		l, found := b.logins.get(r.PathValue("login"))
		if !found {
			b.pages.refuse(w, http.StatusNotFound, "Deze inlogpoging is afgerond of verlopen.", "")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxMessage)
		page(w, r, l)
	}
}

func (b *Broker) show(w http.ResponseWriter, r *http.Request, l login) {
	view := stepView{Login: l}
	if chosen := b.persona(r.FormValue("wie")); chosen != nil {
		view.Username, view.Password = chosen.Username, Password
	}
	b.pages.step(w, http.StatusOK, view)
}

func (b *Broker) chooseSupplier(w http.ResponseWriter, r *http.Request, l login) {
	l.Supplier, l.Persona, l.Coded = Supplier{}, nil, false
	for _, supplier := range Suppliers() {
		if supplier.EntityID == r.PostFormValue("leverancier") {
			l.Supplier = supplier
			b.proceed(w, r, l)
			return
		}
	}
	b.again(w, stepView{Login: l, Error: "Kies de leverancier van uw eHerkenningsmiddel."})
}

func (b *Broker) checkPassword(w http.ResponseWriter, r *http.Request, l login) {
	l.Persona, l.Coded = nil, false
	username := r.PostFormValue("gebruikersnaam")
	persona := b.persona(username)
	if persona == nil || r.PostFormValue("wachtwoord") != Password {
		b.again(w, stepView{Login: l, Error: "De gebruikersnaam of het wachtwoord klopt niet.", Username: username})
		return
	}
	l.Persona = persona
	b.proceed(w, r, l)
}

func (b *Broker) checkCode(w http.ResponseWriter, r *http.Request, l login) {
	l.Coded = l.Persona != nil && r.PostFormValue("code") == Code
	switch {
	case !l.Coded:
		b.again(w, stepView{Login: l, Error: "De code klopt niet."})
	case len(l.Persona.Status) > 0:
		b.finish(w, r, l, b.failure(l.RequestID, l.Persona.Status...))
	case len(l.Persona.Organisations) == 1:
		b.represent(w, r, l, l.Persona.Organisations[0])
	default:
		b.proceed(w, r, l)
	}
}

func (b *Broker) chooseOrganisation(w http.ResponseWriter, r *http.Request, l login) {
	if l.Coded {
		for _, organisation := range l.Persona.Organisations {
			if organisation.KvK == r.PostFormValue("organisatie") {
				b.represent(w, r, l, organisation)
				return
			}
		}
	}
	b.again(w, stepView{Login: l, Error: "Kies de organisatie die u vertegenwoordigt."})
}

func (b *Broker) cancel(w http.ResponseWriter, r *http.Request, l login) {
	b.finish(w, r, l, b.failure(l.RequestID, StatusResponder, StatusAuthnFailed))
}

func (b *Broker) represent(w http.ResponseWriter, r *http.Request, l login, organisation Organisation) {
	answer := b.Answer(l.RequestID, *l.Persona, organisation)
	answer.Authority = l.Supplier.EntityID
	b.finish(w, r, l, answer)
}

// again shows the step that is due once more.
func (b *Broker) again(w http.ResponseWriter, view stepView) {
	b.pages.step(w, http.StatusUnprocessableEntity, view)
}

func (b *Broker) persona(username string) *Persona {
	for i := range b.options.Personas {
		if b.options.Personas[i].Username == username {
			return &b.options.Personas[i]
		}
	}
	return nil
}
