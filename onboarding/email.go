package onboarding

import (
	"net/mail"
	"slices"
	"strings"
	"unicode"
)

// Email is an address that mail can be sent to: one @, a domain with a dot, no display name, at most 254 bytes.
type Email string

// maxEmail is the length of the longest address that SMTP can carry, in bytes (RFC 5321, erratum 1690).
const maxEmail = 254

// ParseEmail trims s and checks it. The domain is kept as typed but for case.
func ParseEmail(s string) (Email, error) {
	address := strings.TrimSpace(s)
	switch {
	case address == "":
		return "", &Error{Kind: Invalid, Message: "e.mail.empty"}
	case len(address) > maxEmail:
		return "", &Error{Kind: Invalid, Message: "e.mail.form"}
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" {
		return "", &Error{Kind: Invalid, Message: "e.mail.form"}
	}
	local, domain, _ := strings.Cut(address, "@")
	if local == "" || strings.ContainsFunc(address, unwelcome) || !validDomain(domain) {
		return "", &Error{Kind: Invalid, Message: "e.mail.form"}
	}
	return Email(local + "@" + strings.ToLower(domain)), nil
}

// unwelcome tells which signs an address never has, whatever the grammar of mail allows.
func unwelcome(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("\"<>", r)
}

// validDomain takes letters of any alphabet: package mail writes them as mail servers know them.
func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	return len(labels) >= 2 && !slices.ContainsFunc(labels, func(label string) bool { return !validLabel(label) })
}

func validLabel(label string) bool {
	foreign := func(r rune) bool {
		return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}
	return label != "" && len(label) <= 63 && label == strings.Trim(label, "-") && !strings.ContainsFunc(label, foreign)
}

// Domain is the part after the @.
func (e Email) Domain() string {
	_, domain, _ := strings.Cut(string(e), "@")
	return domain
}

// Masked shows the first letter and the domain: enough to recognise an address that one knows. Empty for none.
func (e Email) Masked() string {
	for _, first := range e {
		return string(first) + "***@" + e.Domain()
	}
	return ""
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
