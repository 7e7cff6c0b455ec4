package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"koppel/activities"
	"koppel/onboarding"
)

const bounceSecret = "open-sesame-open-sesame"

func (w *world) report(authorization, mediaType, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, publicURL+bouncePath, strings.NewReader(body))
	request.Header.Set("Authorization", authorization)
	request.Header.Set("Content-Type", mediaType)
	recorder := httptest.NewRecorder()
	w.site.ServeHTTP(recorder, request)
	return recorder
}

func TestBounceReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *Settings) { s.BounceSecret = bounceSecret })
	w.browser().login("jane")
	l := w.at(onboarding.AwaitPIN, nil)
	const token = "0123456789abcdef0123456789abcdef"
	_, err := w.sql.Exec(`update mails set token = $1`, token)
	w.must(err)
	postfix, err := os.ReadFile("../bounces/testdata/postfix.eml")
	w.must(err)
	const good, message, notice = "Bearer " + bounceSecret, "message/rfc822", "application/json"
	for _, test := range []struct {
		name, authorization, mediaType, body string
		status, started                      int
	}{
		{"no secret", "", message, string(postfix), 401, 0},
		{"wrong secret", good + "x", message, string(postfix), 401, 0},
		{"other scheme", "Basic " + bounceSecret, message, string(postfix), 401, 0},
		{"notification", good, message, string(postfix), 200, 1},
		{"notice", good, notice + "; charset=utf-8", `{"message_id": "<` + token + `@koppel.example>", "status": "5.1.1"}`, 200, 1},
		{"late", good, notice, `{"message_id": "<` + token + `@koppel.example>", "status": "4.2.2"}`, 200, 0},
		{"somebody else's", good, notice, `{"message_id": "<ffffffffffffffffffffffffffffffff@x>", "status": "5.1.1"}`, 404, 0},
		{"no JSON", good, notice, `{`, 422, 0},
		{"no status", good, notice, `{"message_id": "x"}`, 422, 0},
		{"no notification", good, message, "hello", 422, 0},
		{"a form", good, "application/x-www-form-urlencoded", "a=b", 415, 0},
		{"too large", good, message, strings.Repeat("x", bodyLimit+1), 413, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.engine.bounced = nil
			got := w.report(test.authorization, test.mediaType, test.body)
			if got.Code != test.status || len(w.engine.bounced) != test.started {
				t.Errorf("%d %s, %d started, want %d and %d", got.Code, got.Body, len(w.engine.bounced), test.status, test.started)
			}
			want := activities.Bounce{MailJob: activities.MailJob{Case: l.ID, Kind: onboarding.PINMail, Number: 1, Generation: 1}, Status: "5.1.1"}
			if test.started == 1 && w.engine.bounced[0] != want {
				t.Errorf("started %+v", w.engine.bounced[0])
			}
		})
	}
	w.engine.away = errAway
	if got := w.report(good, message, string(postfix)); got.Code != 503 || got.Header().Get("Retry-After") == "" {
		t.Errorf("Temporal away: %d", got.Code)
	}
	for _, secret := range []string{bounceSecret, token, "jane@"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("%q in the log", secret)
		}
	}
}

func TestWithoutASecretNobodyCanReportBounces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.report("Bearer ", "message/rfc822", "x"); got.Code != http.StatusNotFound {
		t.Errorf("%d, want 404", got.Code)
	}
	if _, err := New(Settings{PublicURL: publicURL, BounceSecret: "short"}); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a short secret: %v", err)
	}
}
