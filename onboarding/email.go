package onboarding

import (
	"net/mail"
	"slices"
	"strings"
)

// Email is an address that mail can be sent to: one @, a domain with a dot, no display name, at most 254 bytes.
type Email string

// ParseEmail trims s and checks it. The domain is kept as typed but for case.
func ParseEmail(s string) (Email, error) {
	address := strings.TrimSpace(s)
	if address == "" {
		return "", &Error{Kind: Invalid, Message: "e.mail.empty"}
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" || len(address) > 254 {
		return "", &Error{Kind: Invalid, Message: "e.mail.form"}
	}
	local, domain, _ := strings.Cut(address, "@")
	if local == "" || strings.ContainsAny(address, " \t\r\n\"<>") || !validDomain(domain) {
		return "", &Error{Kind: Invalid, Message: "e.mail.form"}
	}
	return Email(local + "@" + strings.ToLower(domain)), nil
}

func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	return len(labels) >= 2 && !slices.Contains(labels, "")
}

// Domain is the part after the @.
func (e Email) Domain() string {
	_, domain, _ := strings.Cut(string(e), "@")
	return domain
}

// generalNames are mailbox names that several people read.
var generalNames = []string{
	"info", "administratie", "admin", "leerlingadministratie", "secretariaat", "directie", "bestuur", "school",
	"kantoor", "receptie", "contact", "post", "mail", "financien", "personeel", "hr", "ict", "helpdesk", "support",
	"webmaster", "postmaster", "noreply",
}

// General tells whether the address looks like a shared mailbox: every part of its name is a general word.
// So info@ and school-administratie@ are general; info.jansen@ is not.
func (e Email) General() bool {
	local, _, _ := strings.Cut(strings.ToLower(string(e)), "@")
	local, _, _ = strings.Cut(local, "+")
	parts := strings.FieldsFunc(local, func(r rune) bool { return strings.ContainsRune(".-_", r) })
	for _, part := range parts {
		if !slices.Contains(generalNames, part) {
			return false
		}
	}
	return len(parts) > 0
}
