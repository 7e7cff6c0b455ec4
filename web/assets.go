package web

import (
	"embed"
	"encoding/json"
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
