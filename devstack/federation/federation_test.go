package federation

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestBrokerKeepsWhatItMade(t *testing.T) {
	dir := t.TempDir()
	options := Options{
		WebURL: "http://localhost:1", BrokerURL: "http://127.0.0.1:2",
		Secrets: filepath.Join(dir, "secrets"), BrokerKey: filepath.Join(dir, "broker.pem"),
	}
	first, err := Broker(options)
	if err != nil {
		t.Fatal(err)
	}
	before := contents(t, options.Secrets)
	again, err := Broker(options)
	if err != nil {
		t.Fatal(err)
	}
	if first.Keys()[0].Name() != again.Keys()[0].Name() {
		t.Error("the broker has another key after a restart")
	}
	after := contents(t, options.Secrets)
	for _, name := range []string{"web/KOPPEL_LOOKUP_KEY", "worker/KOPPEL_PIN_KEYS", "web/" + Key, "web/" + Certificate} {
		if before[name] == "" || before[name] != after[name] {
			t.Errorf("%s: got %q, then %q", name, before[name], after[name])
		}
	}
	if after["web/"+BrokerMetadata] != string(again.Metadata()) {
		t.Error("the metadata among the secrets are not those of the broker")
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, path))
		found[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
