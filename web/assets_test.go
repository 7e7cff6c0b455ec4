package web

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func fetchAsset(name, acceptEncoding string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(recorder)
	c.Request = httptest.NewRequest(http.MethodGet, "/static/"+name, nil)
	c.Request.Header.Set("Accept-Encoding", acceptEncoding)
	c.Params = gin.Params{{Key: "name", Value: name}}
	serveAsset(c)
	return recorder
}

func TestAssetsAreServedAsTheBrowserAccepts(t *testing.T) {
	for _, test := range []struct{ accept, want string }{
		{"gzip, deflate, br, zstd", "br"},
		{"gzip;q=1.0, br;q=0", "gzip"},
		{"gzip;q=0.5", "gzip"},
		{"identity", ""},
		{"", ""},
	} {
		got := fetchAsset(assetNames["app.css"], test.accept)
		if encoding := got.Header().Get("Content-Encoding"); got.Code != http.StatusOK || encoding != test.want {
			t.Errorf("%q: status %d, encoding %q, want %q", test.accept, got.Code, encoding, test.want)
		}
		if kind := got.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/css") {
			t.Errorf("%q: content type %q", test.accept, kind)
		}
		if cache := got.Header().Get("Cache-Control"); !strings.Contains(cache, "immutable") {
			t.Errorf("%q: cache control %q", test.accept, cache)
		}
	}
}

func TestCompressedTwinsAreTheSameFile(t *testing.T) {
	for name, hashed := range assetNames {
		reader, err := gzip.NewReader(fetchAsset(hashed, "gzip").Body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		unpacked, err := io.ReadAll(reader)
		if plain := fetchAsset(hashed, "").Body.String(); err != nil || string(unpacked) != plain || plain == "" {
			t.Errorf("%s: the compressed twin differs", name)
		}
	}
}

func TestOnlyAssetsAreServed(t *testing.T) {
	for _, name := range []string{"manifest.json", "nothing.css", "../assets.go", assetNames["app.css"] + ".gz", ""} {
		if got := fetchAsset(name, "gzip"); got.Code != http.StatusNotFound {
			t.Errorf("%q: status %d, want 404", name, got.Code)
		}
	}
}

func TestAssetsKeepToTheirBudget(t *testing.T) {
	for name, limit := range map[string]int{"app.css": 12 << 10, "app.js": 1 << 10} {
		if size := fetchAsset(assetNames[name], "gzip").Body.Len(); size > limit {
			t.Errorf("%s: %d bytes compressed, want at most %d", name, size, limit)
		}
	}
}

func TestLicencesAreServedAsTheyStandInTheSource(t *testing.T) {
	for _, name := range []string{"LICENSE", "NOTICE"} {
		want, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fetchAsset(assetNames[name+".txt"], "").Body.String(); got != string(want) {
			t.Errorf("%s differs from the one that is served; npm run build in web/ui makes it anew", name)
		}
	}
}

func TestNoticeNamesThePackagesOfTheLook(t *testing.T) {
	content, err := os.ReadFile("ui/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ DevDependencies map[string]string }
	if err := json.Unmarshal(content, &manifest); err != nil {
		t.Fatal(err)
	}
	notice := fetchAsset(assetNames["NOTICE.txt"], "").Body.String()
	for name, version := range manifest.DevDependencies {
		if strings.HasPrefix(name, "@") && !strings.Contains(notice, name+" "+version+"\n") {
			t.Errorf("NOTICE does not name %s %s", name, version)
		}
	}
}
