package devstack

import (
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strconv"
)

//go:embed inbox/*.html
var inboxFiles embed.FS

var inboxPages = template.Must(template.ParseFS(inboxFiles, "inbox/*.html"))

// inbox is the web side of the mailbox: the list, one mail, and the HTML part of a mail in a frame without rights.
func (m *Mailbox) inbox() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", m.showList)
	mux.HandleFunc("GET /mail/{number}", m.showMail)
	mux.HandleFunc("GET /mail/{number}/html", m.showHTML)
	return mux
}

func (m *Mailbox) showList(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	mails := m.Mails(to)
	slices.Reverse(mails)
	render(w, "list.html", map[string]any{"To": to, "Mails": mails})
}

func (m *Mailbox) showMail(w http.ResponseWriter, r *http.Request) {
	if mail, ok := m.requested(w, r); ok {
		render(w, "mail.html", mail)
	}
}

func (m *Mailbox) showHTML(w http.ResponseWriter, r *http.Request) {
	if mail, ok := m.requested(w, r); ok {
		w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(mail.HTML)) // a browser that has gone needs no page
	}
}

func (m *Mailbox) requested(w http.ResponseWriter, r *http.Request) (Mail, bool) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	mail, ok := m.find(number)
	if !ok {
		http.Error(w, "There is no such mail.", http.StatusNotFound)
	}
	return mail, ok
}

func render(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := inboxPages.ExecuteTemplate(w, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
