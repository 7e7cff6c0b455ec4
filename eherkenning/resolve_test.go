package eherkenning

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answerWith(status int, body string) roundTripper {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

const fault = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault/></s:Body></s:Envelope>`

func TestBackChannel(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name   string
		answer roundTripper
		want   Reason
	}{
		{"no connection", func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }, Unreachable},
		{"not found", answerWith(404, ""), Unreachable},
		{"bad gateway", answerWith(502, "<html/>"), Unreachable},
		{"redirect", answerWith(302, fault), Unreachable},
		{"fault", answerWith(500, fault), SOAPFault},
		{"empty body", answerWith(200, ""), Malformed},
		{"web page", answerWith(200, "<!DOCTYPE html><html></html>"), Malformed},
		{"other root", answerWith(200, "<a/>"), Malformed},
		{"SOAP without body", answerWith(200, strings.ReplaceAll(fault, "s:Body", "s:Header")), Malformed},
		{"SOAP with another message", answerWith(200, strings.ReplaceAll(fault, "s:Fault", "s:Other")), Malformed},
		{"too much", answerWith(200, fault+strings.Repeat(" ", responseLimit)), TooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			sp := w.provider(func(s *Settings) { s.HTTPClient = &http.Client{Transport: test.answer} })
			_, err := sp.Login(context.Background(), w.broker.HandOut(w.answer()), requestID)
			wantReason(t, err, test.want)
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	w := newWorld(t)
	followed := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer other.Close()
	redirect := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer redirect.Close()
	w.sp.broker.Load().artifactURL = redirect.URL
	_, err := w.sp.Login(context.Background(), w.broker.HandOut(w.answer()), requestID)
	wantReason(t, err, Unreachable)
	if followed {
		t.Error("the redirect was followed")
	}
}

func TestResolveHasADeadline(t *testing.T) {
	w := newWorld(t)
	var left time.Duration
	var request *http.Request
	var body []byte
	sp := w.provider(func(s *Settings) {
		s.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			deadline, _ := r.Context().Deadline()
			left, request = time.Until(deadline), r
			body, _ = io.ReadAll(r.Body)
			return nil, errors.New("enough")
		})}
	})
	artifact := w.broker.HandOut(w.answer())
	_, err := sp.Login(context.Background(), artifact, requestID)
	wantReason(t, err, Unreachable)
	if left <= 0 || left > 5*time.Second {
		t.Errorf("time left %s, want at most 5s", left)
	}
	if got := request.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/xml") {
		t.Errorf("Content-Type %q", got)
	}
	if request.Header.Get("SOAPAction") == "" {
		t.Error("SOAPAction is missing")
	}
	if !bytes.Contains(body, []byte(artifact)) || bytes.Contains(body, []byte("X509")) {
		t.Errorf("want the artifact and no certificate in %s", body)
	}
}

func TestCheckArtifact(t *testing.T) {
	w := newWorld(t)
	good := w.broker.HandOut(w.answer())
	if err := w.sp.CheckArtifact(good); err != nil {
		t.Error(err)
	}
	called := false
	sp := w.provider(func(s *Settings) {
		s.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			called = true
			return nil, errors.New("called")
		})}
	})
	for name, artifact := range map[string]string{
		"empty":         "",
		"not base64":    "?" + good[1:],
		"short":         good[:40],
		"long":          good[:56] + "AAAA" + good[56:],
		"type 1":        "AAEA" + good[4:],
		"other source":  good[:8] + "AAAA" + good[12:],
		"with new line": good + "\nx",
	} {
		wantReason(t, sp.CheckArtifact(artifact), BadArtifact)
		_, err := sp.Login(context.Background(), artifact, requestID)
		if ReasonOf(err) != BadArtifact || called {
			t.Errorf("%s: %v, called %v", name, err, called)
		}
	}
}
