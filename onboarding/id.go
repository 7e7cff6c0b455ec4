package onboarding

import (
	"crypto/rand"
	"fmt"
)

// NewID makes a random id (a version 4 UUID): of a case, or of an update.
func NewID() string {
	u := make([]byte, 16)
	rand.Read(u)
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
