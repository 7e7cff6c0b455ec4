package onboarding

import "regexp"

// MailedLink is the path of a page that a mail leads to. Whoever has the token of the mail may do what the page is for.
type MailedLink string

// ResetLink is where a representative chooses a new password.
const ResetLink MailedLink = "/wachtwoord/nieuw"

// ApprovalLink is where a representative approves or refuses.
const ApprovalLink MailedLink = "/toestemming"

// MailedTokenField carries the token in the address of a mailed link, and nowhere else.
const MailedTokenField = "sleutel"

var mailedToken = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// ParseMailedToken accepts 256 bits in base64url without padding, the shape of every token that is mailed.
func ParseMailedToken(s string) (string, error) {
	if !mailedToken.MatchString(s) {
		return "", &Error{Kind: Invalid, Message: "p.400"} // says nothing of what was given: it may be nearly right
	}
	return s, nil
}

// Address is the link as it stands in a mail. public is how browsers reach the website: https://host.
func (l MailedLink) Address(public, token string) string {
	return public + string(l) + "?" + MailedTokenField + "=" + token
}
