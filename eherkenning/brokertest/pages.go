package brokertest

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
)

//go:embed templates
var files embed.FS

// pages renders the broker's pages; they need no script.
type pages struct {
	base      string // of the broker's addresses
	acs       string
	home      string // origin of the service provider
	personas  []Persona
	templates map[string]*template.Template
}

type stepView struct {
	Login    login
	Error    string // what was wrong with the input; empty: nothing
	Username string // filled in beforehand
	Password string // filled in beforehand
}

// layoutView is what layout.html shows around the page.
type layoutView struct {
	Title string
	Error bool // the title then begins with "Fout:", for screen readers
	Pages *pages
	View  any
}

var titles = map[string]string{
	"supplier":     "Inloggen met eHerkenning",
	"password":     "Inloggen",
	"code":         "Code invullen",
	"organisation": "Wie vertegenwoordigt u?",
	"deliver":      "Terug naar Mijn Helpdesk PO",
	"refused":      "Inloggen lukt niet",
	"home":         "Testmakelaar",
}

func newPages(options Options) (*pages, error) {
	acs, err := url.Parse(options.ServiceProvider.ACSURL)
	if err != nil {
		return nil, fmt.Errorf("ACS URL: %w", err)
	}
	p := &pages{
		base: options.BaseURL, acs: acs.String(), home: acs.Scheme + "://" + acs.Host,
		personas: options.Personas, templates: map[string]*template.Template{},
	}
	for name := range titles {
		parsed, err := template.ParseFS(files, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("read page %s: %w", name, err)
		}
		p.templates[name] = parsed
	}
	return p, nil
}

// Base, ACS, Home, Personas, Suppliers, Password and Code are read by the templates.
func (p *pages) Base() string          { return p.base }
func (p *pages) ACS() string           { return p.acs }
func (p *pages) Home() string          { return p.home }
func (p *pages) Personas() []Persona   { return p.personas }
func (p *pages) Suppliers() []Supplier { return Suppliers() }
func (p *pages) Password() string      { return Password }
func (p *pages) Code() string          { return Code }

func (p *pages) step(w http.ResponseWriter, status int, view stepView) {
	p.render(w, status, view.Login.step(), layoutView{Error: view.Error != "", View: view})
}

// deliver is the form of the HTTP-POST binding, with a button to send it.
func (p *pages) deliver(w http.ResponseWriter, values url.Values) {
	p.render(w, http.StatusOK, "deliver", layoutView{View: values})
}

// refuse says why in Dutch for visitors; detail is for developers.
func (p *pages) refuse(w http.ResponseWriter, status int, why, detail string) {
	view := struct{ Why, Detail string }{why, detail}
	p.render(w, status, "refused", layoutView{Error: true, View: view})
}

func (p *pages) render(w http.ResponseWriter, status int, name string, view layoutView) {
	view.Title, view.Pages = titles[name], p
	var body bytes.Buffer
	if err := p.templates[name].ExecuteTemplate(&body, "layout.html", view); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-cache, no-store")
	// Chromium applies form-action to the redirect after a form as well, so the service provider is in it.
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; "+
		"frame-ancestors 'none'; form-action 'self' "+p.home)
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
