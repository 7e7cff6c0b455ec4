package brokertest

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
)

// Visit is one login over HTTP, without a browser.
type Visit struct {
	SAMLRequest string // base64, as in the form of the service provider
	RelayState  string
	Username    string // of a persona; empty: press "Stoppen" on the first page
	KvK         string // whom to represent, for a persona with a choice
	Stop        bool   // press "Stoppen" instead of choosing whom to represent
	Supplier    string // EntityID; default the first
}

// Return is how the broker sends the browser back to the service provider.
type Return struct {
	URL  string
	Form url.Values // to be posted to URL; nil: URL is to be opened
}

// Artifact is the SAMLart of the return, wherever it is.
func (r Return) Artifact() string {
	if r.Form != nil {
		return r.Form.Get("SAMLart")
	}
	parsed, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return parsed.Query().Get("SAMLart")
}

// Login walks the pages of the broker at baseURL as the visit says. It does not open the returned address.
func Login(client *http.Client, baseURL string, visit Visit) (Return, error) {
	walk := *client
	walk.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	form := url.Values{"SAMLRequest": {visit.SAMLRequest}, "RelayState": {visit.RelayState}}
	page, err := post(&walk, baseURL+"/sso", form)
	if err != nil {
		return Return{}, fmt.Errorf("start login at the broker: %w", err)
	}
	for _, step := range visit.steps() {
		next, err := post(&walk, page.URL+step.path, step.form)
		if err != nil {
			return Return{}, fmt.Errorf("broker page %s: %w", step.path, err)
		}
		if next.URL != page.URL {
			return next, nil
		}
	}
	return Return{}, errors.New("the broker asks for more than this visit answers")
}

type visitStep struct {
	path string
	form url.Values
}

func (v Visit) steps() []visitStep {
	if v.Username == "" {
		return []visitStep{{path: "/stoppen"}}
	}
	supplier := v.Supplier
	if supplier == "" {
		supplier = Suppliers()[0].EntityID
	}
	last := visitStep{"/organisatie", url.Values{"organisatie": {v.KvK}}}
	if v.Stop {
		last = visitStep{path: "/stoppen"}
	}
	return []visitStep{
		{"/leverancier", url.Values{"leverancier": {supplier}}},
		{"/wachtwoord", url.Values{"gebruikersnaam": {v.Username}, "wachtwoord": {Password}}},
		{"/code", url.Values{"code": {Code}}},
		last,
	}
}

// post returns where the broker redirects to, or the form that it delivers.
func post(client *http.Client, address string, form url.Values) (Return, error) {
	response, err := client.PostForm(address, form)
	if err != nil {
		return Return{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return Return{}, err
	}
	switch response.StatusCode {
	case http.StatusSeeOther:
		return Return{URL: response.Header.Get("Location")}, nil
	case http.StatusOK:
		return readDelivery(string(body)), nil
	}
	return Return{}, fmt.Errorf("status %s", response.Status)
}

var (
	formAction  = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

func readDelivery(page string) Return {
	delivered := Return{Form: url.Values{}}
	if action := formAction.FindStringSubmatch(page); action != nil {
		delivered.URL = html.UnescapeString(action[1])
	}
	for _, input := range hiddenInput.FindAllStringSubmatch(page, -1) {
		delivered.Form.Set(html.UnescapeString(input[1]), html.UnescapeString(input[2]))
	}
	return delivered
}
