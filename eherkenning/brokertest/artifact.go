package brokertest

import (
	"crypto/sha1" // #nosec G505 -- SourceID is a SHA-1 by definition
	"encoding/base64"
	"net/url"
	"time"
)

const artifactLife = time.Minute

// newArtifact makes an artifact of type 4: type, endpoint index 0, SourceID, handle; 44 bytes in base64
// (SAML 2.0 bindings §3.6.4).
func newArtifact() string {
	source := sha1.Sum([]byte(EntityID)) // #nosec G401 -- see the import
	raw := append([]byte{0x00, 0x04, 0x00, 0x00}, source[:]...)
	return base64.StdEncoding.EncodeToString(append(raw, randomBytes(20)...))
}

// HandOut keeps answer for one resolve within 60 seconds and returns its artifact.
func (b *Broker) HandOut(answer Answer) string {
	artifact := newArtifact()
	b.artifacts.put(artifact, answer)
	return artifact
}

// withQuery adds parameters to an address that may have some.
func withQuery(address string, values url.Values) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := parsed.Query()
	for key, value := range values {
		query[key] = value
	}
	parsed.RawQuery = query.Encode()
	return parsed.String()
}
