package eherkenning

import (
	"crypto/sha1" // the artifact format of SAML prescribes it; no security rests on it
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// An artifact of type 4 is 44 bytes: type, endpoint index, SourceID, handle (SAML bindings 3.6.4).
const (
	artifactLength = 44
	artifactType   = 0x0004
)

// CheckArtifact tells, before any outbound call, whether an artifact can be one of our broker. Its error is a
// Refusal with BadArtifact.
func (sp *ServiceProvider) CheckArtifact(artifact string) error {
	raw, err := base64.StdEncoding.DecodeString(artifact)
	if err != nil {
		return refuse(BadArtifact, errors.New("not base64"))
	}
	if len(raw) != artifactLength {
		return refuse(BadArtifact, errors.New("not 44 bytes"))
	}
	if binary.BigEndian.Uint16(raw) != artifactType {
		return refuse(BadArtifact, errors.New("not of type 4"))
	}
	source := sha1.Sum([]byte(sp.broker.Load().entityID))
	if subtle.ConstantTimeCompare(raw[4:24], source[:]) != 1 {
		return refuse(BadArtifact, errors.New("source is not our broker"))
	}
	return nil
}
