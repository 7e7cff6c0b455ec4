package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"koppel/messages"
	"koppel/onboarding"
	"koppel/store"
)

// Keys of the gin context that every page reads; middleware sets them.
const (
	keyLanguage    = "language"    // messages.Language
	keyNonce       = "csp"         // string, of the Content-Security-Policy
	keyLoggedIn    = "loggedIn"    // bool
	keyLogoutNonce = "logoutNonce" // string, form nonce of the logout button
	keyControl     = "control"     // string, by which the helpdesk knows who is at the page
)

// page is what a handler has to say; the layout adds the rest.
type page struct {
	Template  string // name of a file in templates, without its extension
	Title     string // translated heading; the layout adds the service name and Fout: or Gelukt
	Success   string // translated status message at the top; empty: none
	Errors    []fieldError
	Kept      []kept // what the language switch posts back; nil: the page can be asked for again
	Reference string // of the case, or of a fault; empty: none
	View      any    // the view struct of the template
}

// renderSettings are facts that texts mention.
type renderSettings struct {
	HelpdeskMail  string
	HelpdeskPhone string
	MailFrom      string
}

//go:embed templates
var templateFiles embed.FS

// renderer makes HTML of pages.
type renderer struct {
	settings  renderSettings
	templates map[string]*template.Template // by name of the page
}

// newRenderer parses all templates, each page together with the layout and its parts.
func newRenderer(settings renderSettings) (*renderer, error) {
	shared, err := template.New("layout.html").ParseFS(templateFiles, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the layout: %w", err)
	}
	files, err := templateFiles.ReadDir("templates/pages")
	if err != nil {
		return nil, fmt.Errorf("listing the templates: %w", err)
	}
	r := &renderer{settings, make(map[string]*template.Template)}
	for _, file := range files {
		own := template.Must(shared.Clone())
		if _, err := own.ParseFS(templateFiles, path.Join("templates/pages", file.Name())); err != nil {
			return nil, fmt.Errorf("parsing the template of a page: %w", err)
		}
		r.templates[strings.TrimSuffix(file.Name(), ".html")] = own
	}
	return r, nil
}

// render writes a page, or nothing: it panics where a template and its view don't fit, which is a fault of the
// program.
func (r *renderer) render(c *gin.Context, status int, p page) {
	own, ok := r.templates[p.Template]
	if !ok {
		panic("no template " + p.Template)
	}
	var content bytes.Buffer
	if err := own.Execute(&content, r.screen(c, p)); err != nil {
		panic(fmt.Sprintf("template %s: %v", p.Template, err))
	}
	c.Data(status, "text/html; charset=utf-8", content.Bytes())
}

func (r *renderer) screen(c *gin.Context, p page) *screen {
	language, _ := c.Value(keyLanguage).(messages.Language)
	return &screen{
		page:         p,
		settings:     r.settings,
		Language:     messages.ParseLanguage(string(language)),
		Nonce:        c.GetString(keyNonce),
		LoggedIn:     c.GetBool(keyLoggedIn),
		Linked:       linkedSession(c),
		LogoutNonce:  c.GetString(keyLogoutNonce),
		Control:      controlOf(c, p),
		LanguageLink: languageLink(c.Request.URL.Path, c.Query(modeField), len(p.Kept) > 0),
		IdleSeconds:  idleSeconds(c),
	}
}

// controlled are the pages at which people call the helpdesk: they have the control code of the session.
var controlled = map[string]bool{"link": true, "code": true, "waiting": true, "pin": true, "address": true, "profile": true, "status": true}

// controlOf is the control code on a page; empty where it has none, or nobody is logged in.
func controlOf(c *gin.Context, p page) string {
	if !controlled[p.Template] {
		return ""
	}
	return c.GetString(keyControl)
}

// linkedSession tells whether the session has been renewed since its identity got a person.
func linkedSession(c *gin.Context) bool {
	session, live := c.Value(keySession).(store.Session)
	return live && session.Linked
}

// idleSeconds is how long the session lasts when nothing more is asked for; 0 without a session.
func idleSeconds(c *gin.Context) int {
	session, live := c.Value(keySession).(store.Session)
	switch {
	case !live:
		return 0
	case session.Linked:
		return int(onboarding.SessionIdleLinked.Seconds())
	}
	return int(onboarding.SessionIdleUnlinked.Seconds())
}

// elsewhere are addresses that show a page but can't be asked for again, and where to ask for it in another language.
var elsewhere = map[string]string{
	startPath:                     loginPath,
	acsPath:                       loginPath,
	backPath:                      loginPath,
	"/koppelen/stoppen":           linkPath,
	"/koppelen/pincode/opnieuw":   pinPath,
	"/uitloggen":                  homePath,
	joinPath:                      addPath,
	"/account-toevoegen/code":     addPath,
	"/start/kiezen":               homePath,
	"/koppeling/uitloggen":        profilePath,
	"/koppeling/uitloggen-elders": profilePath,
	notMinePath:                   profilePath,
	changeTrail.again:             newPINPath,
	changeTrail.stop:              profilePath,
}

// languageLink is where the language switch leads, up to the language itself. Normally that is the same page; where
// it posts back what the page holds, that is the same address in any case.
func languageLink(path, mode string, posts bool) string {
	query := "?" + languageField + "="
	if mode == codeMode {
		query = "?" + modeField + "=" + codeMode + "&" + languageField + "="
	}
	if posts {
		return path + query
	}
	return elsewhere[path] + query
}
