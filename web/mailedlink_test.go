package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"koppel/onboarding"
)

var pretendLink = mailedLink{"/geheim", "__Host-pretend"}

const pretendToken = "0123456789abcdefghijklmnopqrstuvwxyzABCDE-_"

// opened asks for a mailed link in a browser that keeps these cookies.
func opened(target string, cookies ...*http.Cookie) (*gin.Context, *httptest.ResponseRecorder) {
	recorder := httptest.NewRecorder()
	gin.SetMode(gin.ReleaseMode)
	c, _ := gin.CreateTestContext(recorder)
	c.Request = httptest.NewRequest(http.MethodGet, target, nil)
	for _, cookie := range cookies {
		c.Request.AddCookie(cookie)
	}
	return c, recorder
}

func TestTokenOfAMailedLinkLeavesTheAddressAtOnce(t *testing.T) {
	t.Parallel()
	c, recorder := opened(pretendLink.path.Address("https://koppel.example", pretendToken))
	if !pretendLink.take(c) || recorder.Code != http.StatusSeeOther || recorder.Header().Get("Location") != "/geheim" {
		t.Fatalf("answer is %d to %q", recorder.Code, recorder.Header().Get("Location"))
	}
	line := recorder.Header().Get("Set-Cookie")
	for _, part := range []string{"__Host-pretend=" + pretendToken, "Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=3600"} {
		if !strings.Contains(line, part) {
			t.Errorf("cookie lacks %s: %q", part, line)
		}
	}
	c, _ = opened("/geheim", recorder.Result().Cookies()...)
	if pretendLink.take(c) || pretendLink.token(c) != pretendToken {
		t.Errorf("the page gets %q", pretendLink.token(c))
	}
}

func TestWhatIsNoTokenTakesThePlaceOfAnOlderOne(t *testing.T) {
	t.Parallel()
	older := &http.Cookie{Name: pretendLink.cookie, Value: pretendToken}
	for _, wrong := range []string{"", "short", pretendToken + "A", strings.Repeat("%0d", 43), strings.Repeat("%3B", 43)} {
		c, recorder := opened("/geheim?"+onboarding.MailedTokenField+"="+wrong, older)
		if !pretendLink.take(c) || !strings.Contains(recorder.Header().Get("Set-Cookie"), "__Host-pretend=;") {
			t.Errorf("%q: cookies are %q", wrong, recorder.Header().Values("Set-Cookie"))
		}
	}
	c, _ := opened("/geheim", &http.Cookie{Name: pretendLink.cookie, Value: "planted"})
	if token := pretendLink.token(c); token != "" {
		t.Errorf("a cookie that is no token counts: %q", token)
	}
}

func TestFormsOfMailedLinksAreSignedPerToken(t *testing.T) {
	t.Parallel()
	s := &site{}
	if err := s.Lookup.UnmarshalText([]byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")); err != nil {
		t.Fatal(err)
	}
	nonce := newNonce(pretendLink.formKey(s, pretendToken))
	if _, ok := nonceID(pretendLink.formKey(s, pretendToken), nonce); !ok {
		t.Error("a form of the page is not taken")
	}
	if _, ok := nonceID(pretendLink.formKey(s, strings.Repeat("x", 43)), nonce); ok {
		t.Error("the form of another token is taken")
	}
}
