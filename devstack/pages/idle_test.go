package pages

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestUnusedPageAsksWhetherOneIsStillThere has a page ask one second after it was opened, and end an hour later.
func TestUnusedPageAsksWhetherOneIsStillThere(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(gallery, "link.nl.html"))
	if err != nil {
		t.Fatal(err)
	}
	soon := strings.NewReplacer(`data-app-idle="2700"`, `data-app-idle="3600"`, `data-app-warning="120"`, `data-app-warning="3599"`)
	renewed := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("/koppelen", func(w http.ResponseWriter, _ *http.Request) { soon.WriteString(w, string(page)) })
	mux.HandleFunc("/sessie", func(w http.ResponseWriter, _ *http.Request) {
		renewed <- struct{}{}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.Handle("/static/", look)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	b := newTab(t, server.URL)
	const button = "dialog[open] button"
	b.do(t, chromedp.EmulateViewport(360, height), chromedp.Navigate(server.URL+"/koppelen"), chromedp.WaitVisible(chromedp.CSS(button)))
	b.checkAccessible(t, 360)
	b.checkFits(t, "with the question")
	b.shoot(t, "still-there-nl-360")
	if !eval[bool](t, b, `document.activeElement.matches("`+button+`")`) {
		t.Error("the focus is not in the question")
	}
	for range 2 { // the answer starts the time anew
		b.do(t, chromedp.WaitVisible(chromedp.CSS(button)), chromedp.KeyEvent(kb.Enter))
		select {
		case <-renewed:
		case <-time.After(patience):
			t.Fatal("the session was not renewed")
		}
	}
}
