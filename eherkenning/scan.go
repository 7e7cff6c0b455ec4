package eherkenning

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// What a message may cost before anybody has vouched for it.
const (
	depthLimit     = 40
	elementLimit   = 1000
	attributeLimit = 64 // per element
)

// scanner walks a document once, keeping no tree. What it lets through means the same to every reader after it.
type scanner struct {
	depth, elements, roots int
	ids                    map[string]bool
}

// scan refuses what no SAML message needs and attacks are made of: other encodings than UTF-8, more than one root,
// text around the root, DOCTYPE, processing instructions, comments, great depth or size, doubled ids.
func scan(document []byte) error {
	if !utf8.Valid(document) {
		return errors.New("not UTF-8")
	}
	s := scanner{ids: map[string]bool{}}
	decoder := xml.NewDecoder(bytes.NewReader(document))
	for {
		start := decoder.InputOffset()
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return errors.New("not well-formed") // the decoder's own words may quote the message
		}
		if err := s.token(token, start); err != nil {
			return err
		}
	}
	if s.roots != 1 {
		return fmt.Errorf("%d root elements", s.roots)
	}
	return nil
}

func (s *scanner) token(token xml.Token, offset int64) error {
	switch token := token.(type) {
	case xml.StartElement:
		return s.start(token)
	case xml.EndElement:
		s.depth--
	case xml.CharData:
		if s.depth == 0 && len(bytes.TrimSpace(token)) > 0 {
			return errors.New("text outside the root element")
		}
	case xml.ProcInst:
		if token.Target != "xml" || offset != 0 {
			return errors.New("processing instruction")
		}
	case xml.Comment:
		return errors.New("comment")
	case xml.Directive:
		return errors.New("DOCTYPE")
	}
	return nil
}

func (s *scanner) start(element xml.StartElement) error {
	if s.depth == 0 {
		s.roots++
	}
	s.depth++
	s.elements++
	switch {
	case s.depth > depthLimit:
		return errors.New("too deep")
	case s.elements > elementLimit:
		return errors.New("too many elements")
	case len(element.Attr) > attributeLimit:
		return errors.New("too many attributes")
	case strings.Contains(element.Name.Local, ":"):
		return errors.New("name with a stray colon")
	}
	return s.attributes(element.Attr)
}

// attributes refuses two attributes of one element that differ by namespace only: etree and encoding/xml select
// attributes by local name, so they could disagree about which one is the ID.
func (s *scanner) attributes(attributes []xml.Attr) error {
	seen := map[string]bool{}
	for _, attribute := range attributes {
		name := attribute.Name.Local
		if seen[name] || strings.Contains(name, ":") {
			return errors.New("ambiguous attribute")
		}
		seen[name] = true
		if !strings.EqualFold(name, "ID") || attribute.Name.Space == "xmlns" {
			continue
		}
		if s.ids[attribute.Value] {
			return errors.New("doubled id")
		}
		s.ids[attribute.Value] = true
	}
	return nil
}
