package web

import (
	"fmt"

	"koppel/messages"
)

// textPages are the pages of fixed text in the order of the footer. Each has its texts under its name.
var textPages = []string{"contact", "toelichting", "toegankelijkheid", "privacy", "licenties"}

// TextPages is what the footer links to.
func (s *screen) TextPages() []string { return textPages }

// section is a part of a page of fixed text, as keys of its texts: name.1.h, name.1.p and so on.
type section struct {
	Heading   string
	Steps     []string // name.1.s1, …: to do in this order
	Paragraph string   // may be empty
	Points    []string // name.1.b1, …: in any order
}

// Sections are the parts of a page of fixed text.
func (s *screen) Sections(name string) []section {
	var all []section
	for n := 1; ; n++ {
		stem := fmt.Sprintf("%s.%d", name, n)
		if !messages.Has(stem + ".h") {
			return all
		}
		part := section{Heading: stem + ".h", Steps: numbered(stem + ".s"), Points: numbered(stem + ".b")}
		if messages.Has(stem + ".p") {
			part.Paragraph = stem + ".p"
		}
		all = append(all, part)
	}
}

// numbered are the keys that start with stem and go on with 1, 2 and so on.
func numbered(stem string) []string {
	var keys []string
	for n := 1; messages.Has(fmt.Sprint(stem, n)); n++ {
		keys = append(keys, fmt.Sprint(stem, n))
	}
	return keys
}
