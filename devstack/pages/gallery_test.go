package pages

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"koppel/devstack/axe"
	"koppel/devstack/machine"
)

const root = "../.."

// gallery is the folder with every page in every state and language, named state.language.html.
var gallery string

// script finds faults of accessibility.
var script axe.Script

func TestMain(m *testing.M) {
	code, err := prepare(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// prepare has package web write its gallery and runs the tests.
func prepare(m *testing.M) (int, error) {
	if err := machine.Meet(os.Stderr, machine.Postgres, machine.Browser, machine.Node); err != nil {
		return 1, err
	}
	var err error
	if script, err = axe.Load(root); err != nil {
		return 1, err
	}
	if gallery, err = os.MkdirTemp("", "koppel-gallery-"); err != nil {
		return 1, err
	}
	defer os.RemoveAll(gallery)
	cmd := exec.Command("go", "test", "-count=1", "-run", "^TestGallery$", "./web")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "KOPPEL_GALLERY="+gallery)
	if output, err := cmd.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("write the gallery of pages: %w: %s", err, output)
	}
	return m.Run(), nil
}

// photo is one page of the gallery.
type photo struct {
	state, language string
}

func (p photo) path() string { return "/" + p.state + "." + p.language + ".html" }

// photos are all pages of the gallery.
func photos(t *testing.T) (all []photo) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(gallery, "*.html"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the gallery is empty: %v", err)
	}
	for _, file := range files {
		parts := strings.Split(filepath.Base(file), ".")
		all = append(all, photo{parts[0], parts[1]})
	}
	return all
}

// look serves the look that is committed.
var look = http.StripPrefix("/static/", http.FileServer(http.Dir(filepath.Join(root, "web", "static"))))

// serve serves the gallery.
func serve(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	files := http.FileServer(http.Dir(gallery))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/go.") { // else that page goes on by itself
			w.Header().Set("Content-Security-Policy", "script-src 'none'")
		}
		files.ServeHTTP(w, r)
	})
	mux.Handle("/static/", look)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}
