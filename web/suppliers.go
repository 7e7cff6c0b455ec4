package web

import (
	"errors"
	"regexp"
	"strings"
)

// Suppliers are the names of suppliers of eHerkenning, by the EntityID that a login says.
type Suppliers map[string]string

var supplierID = regexp.MustCompile(`^urn:etoegang:[A-Z]+:[0-9]{20}:entities:[0-9]+$`)

// UnmarshalText reads EntityID=name, separated by semicolons.
func (s *Suppliers) UnmarshalText(text []byte) error {
	all := Suppliers{}
	for _, item := range strings.Split(string(text), ";") {
		id, name, found := strings.Cut(strings.TrimSpace(item), "=")
		if name = strings.TrimSpace(name); !found || !supplierID.MatchString(id) || name == "" {
			return errors.New("is not urn:etoegang:AD:<OIN>:entities:<index>=name, separated by semicolons")
		}
		all[id] = name
	}
	*s = all
	return nil
}

// name is what the supplier is called; where that is not known, its EntityID.
func (s Suppliers) name(id string) string {
	if name := s[id]; name != "" {
		return name
	}
	return id
}
