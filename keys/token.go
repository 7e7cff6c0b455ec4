package keys

import "encoding/base64"

// Token derives a secret for a link in a mail from the parts with the key of that id: 256 bits, in base64 for
// addresses. It need not be stored: whoever sends the mail again derives it again.
func (r Ring) Token(keyID string, parts ...string) (string, error) {
	key, err := r.find(keyID)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sum(key, append([]string{"token"}, parts...))), nil
}
