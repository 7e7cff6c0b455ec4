package web

import (
	"embed"
	"encoding/json"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"
)

//go:embed static
var staticFiles embed.FS

// assetNames maps the name of a file of the look to the name it has now, with a hash of its content in it.
var assetNames = mustReadManifest()

// mustReadManifest panics, because the file is part of the program.
func mustReadManifest() map[string]string {
	content, err := staticFiles.ReadFile("static/manifest.json")
	if err != nil {
		panic(err)
	}
	var names map[string]string
	if err := json.Unmarshal(content, &names); err != nil {
		panic("static/manifest.json: " + err.Error())
	}
	return names
}

// assetURL is where a browser finds a file of the look; empty when there is no such file.
func assetURL(name string) string {
	hashed, ok := assetNames[name]
	if !ok {
		return ""
	}
	return "/static/" + hashed
}

// kinds are the media types of the files of the look, so that they don't depend on the machine.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}

// encodings are the compressed twins of a file, the smallest first.
var encodings = []struct{ name, extension string }{{"br", ".br"}, {"gzip", ".gz"}}

// serveAsset serves /static/:name. A name never changes its content, so browsers may keep it for a year.
func serveAsset(c *gin.Context) {
	name := path.Base(c.Param("name"))
	kind, known := kinds[path.Ext(name)]
	content, err := staticFiles.ReadFile("static/" + name)
	if err != nil || !known {
		c.Header("Content-Type", "text/plain; charset=utf-8")
		c.String(http.StatusNotFound, "not found\n")
		return
	}
	c.Header("Vary", "Accept-Encoding")
	for _, encoding := range encodings {
		twin, err := staticFiles.ReadFile("static/" + name + encoding.extension)
		if err == nil && accepts(c.GetHeader("Accept-Encoding"), encoding.name) {
			c.Header("Content-Encoding", encoding.name)
			content = twin
			break
		}
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Writer.Header().Del("Pragma")
	c.Data(http.StatusOK, kind, content)
}

// accepts reads an Accept-Encoding header. A quality of zero is a refusal; other qualities don't matter here.
func accepts(header, encoding string) bool {
	for offer := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			weight := strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(quality), "q="), "0.")
			return quality == "" || weight != ""
		}
	}
	return false
}
