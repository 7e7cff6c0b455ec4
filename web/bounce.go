package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"koppel/bounces"
)

const bouncePath = "/mail/bounce"

// MinBounceSecret is the least length of Settings.BounceSecret, in bytes: it is all that keeps strangers out.
const MinBounceSecret = 20

// receiveBounce takes in a mail that came back from a mail server, or a service that mails for others, that knows
// the secret: the notification as it is (message/rfc822), or a bounces.Notice (application/json). Its answers are for
// programs.
func (s *site) receiveBounce(c *gin.Context) {
	if !s.knowsBounceSecret(c.GetHeader("Authorization")) {
		c.Header("WWW-Authenticate", "Bearer")
		c.String(http.StatusUnauthorized, "wrong secret\n")
		return
	}
	report, status := readBounce(c)
	if status != http.StatusOK {
		c.String(status, "want one notification as message/rfc822, or message_id and status as application/json\n")
		return
	}
	result, err := s.bounces.Take(c.Request.Context(), report)
	switch {
	case err != nil:
		s.Log.WarnContext(c.Request.Context(), "bounce not taken", "cause", err)
		setRetryAfter(c, retrySoon)
		c.String(http.StatusServiceUnavailable, "try again later\n")
	case result == bounces.Unknown:
		c.String(http.StatusNotFound, "unknown mail\n")
	default:
		c.String(http.StatusOK, "%s\n", result)
	}
}

// knowsBounceSecret compares hashes: then the time tells not even the length.
func (s *site) knowsBounceSecret(authorization string) bool {
	given, bearer := strings.CutPrefix(authorization, "Bearer ")
	got, want := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(s.BounceSecret))
	return bearer && subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// readBounce reads the body and returns 200, or the status that says what is wrong with it.
func readBounce(c *gin.Context) (report bounces.Report, status int) {
	var err error
	switch c.ContentType() {
	case "message/rfc822":
		report, err = bounces.Read(c.Request.Body)
	case "application/json":
		var notice bounces.Notice
		if err = json.NewDecoder(c.Request.Body).Decode(&notice); err == nil {
			report, err = notice.Report()
		}
	default:
		return bounces.Report{}, http.StatusUnsupportedMediaType
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return bounces.Report{}, http.StatusRequestEntityTooLarge
	case err != nil:
		return bounces.Report{}, http.StatusUnprocessableEntity
	}
	return report, http.StatusOK
}
