package helpdesk

import (
	"crypto/subtle"
	"strconv"
	"strings"
	"time"

	"koppel/keys"
	"koppel/store"
)

const (
	controlDigits = 5
	controlLife   = 5 * time.Minute // a code is shown for as long, and counts for as long again
)

// ControlTries is how many wrong control codes an agent may have checked for a reference within ControlWindow.
const (
	ControlTries  = 5
	ControlWindow = 15 * time.Minute
)

// ControlCode stands on the pages of a session. Whoever reads it out sits at one of them; it proves nothing else. It is
// derived from the key that the session has for its forms, and stored nowhere.
func ControlCode(session store.Session, now time.Time) string {
	turn := now.Unix() / int64(controlLife.Seconds())
	return keys.DigitsOf(session.FormKey, controlDigits, "control", strconv.FormatInt(turn, 10))
}

// Controls tells whether a code is that of one of these sessions now, or was a moment ago.
func Controls(sessions []store.Session, typed string, now time.Time) bool {
	typed = strings.Join(strings.Fields(typed), "")
	right := 0
	for _, session := range sessions {
		for _, at := range []time.Time{now, now.Add(-controlLife)} {
			right |= subtle.ConstantTimeCompare([]byte(typed), []byte(ControlCode(session, at)))
		}
	}
	return right == 1
}
