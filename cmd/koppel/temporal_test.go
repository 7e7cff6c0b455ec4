package main

import (
	"crypto/tls"
	"encoding/pem"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call is what a gateway of Temporal sees of a caller.
type call struct{ authorization, certificate string }

// gateway takes calls over TLS, as Temporal Cloud does, asking for a certificate. It answers none properly.
func gateway(t *testing.T) (environment map[string]string, calls chan call) {
	t.Helper()
	calls = make(chan call, 100)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := call{authorization: r.Header.Get("Authorization")}
		if len(r.TLS.PeerCertificates) > 0 {
			seen.certificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.TLS.PeerCertificates[0].Raw}))
		}
		select {
		case calls <- seen:
		default: // the client tries again
		}
		w.WriteHeader(http.StatusForbidden)
	}))
	server.EnableHTTP2 = true // gRPC is that
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	environment = complete(t)
	environment["TEMPORAL_ADDRESS"] = server.Listener.Addr().String()
	environment["TEMPORAL_NAMESPACE"] = "koppel.abc12"
	environment["TEMPORAL_TLS_SERVER_CA_CERT_DATA"] =
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return environment, calls
}

func TestTemporalCloudWorksByEnvironmentAlone(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"tls.crt": pairs()[0].certificate, "tls.key": pairs()[0].key, "api.key": "abc\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		given map[string]string
		want  call
	}{
		"mutual TLS from files": {map[string]string{
			"TEMPORAL_TLS_CLIENT_CERT_PATH": dir + "/tls.crt", "TEMPORAL_TLS_CLIENT_KEY_PATH": dir + "/tls.key",
		}, call{certificate: pairs()[0].certificate}},
		"mutual TLS from variables": {map[string]string{
			"TEMPORAL_TLS_CLIENT_CERT_DATA": pairs()[0].certificate, "TEMPORAL_TLS_CLIENT_KEY_DATA": pairs()[0].key,
		}, call{certificate: pairs()[0].certificate}},
		"API key":             {map[string]string{"TEMPORAL_API_KEY": "abc"}, call{authorization: "Bearer abc"}},
		"API key from a file": {map[string]string{"TEMPORAL_API_KEY_FILE": dir + "/api.key"}, call{authorization: "Bearer abc"}},
	} {
		environment, calls := gateway(t)
		maps.Copy(environment, test.given)
		s, err := readSettings("worker", list(environment))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		temporal, err := s.dialTemporal(slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := temporal.CheckHealth(t.Context(), nil); err == nil {
			t.Errorf("%s: the gateway refuses, and nobody saw it", name)
		}
		temporal.Close()
		if got := <-calls; got != test.want {
			t.Errorf("%s: the gateway saw %+v, want %+v", name, got, test.want)
		}
		if s.TemporalClient.Namespace != "koppel.abc12" {
			t.Errorf("%s: the namespace is %s", name, s.TemporalClient.Namespace)
		}
	}
}

func TestAnAPIKeyAloneSwitchesTLSOn(t *testing.T) {
	environment := complete(t)
	environment["TEMPORAL_API_KEY"] = "abc"
	if s, err := readSettings("web", list(environment)); err != nil || s.TemporalClient.ConnectionOptions.TLS == nil {
		t.Errorf("the key leaves in the clear (%v)", err)
	}
}

func TestCertificateOfAnotherKeyForTemporalIsNamed(t *testing.T) {
	environment := complete(t)
	environment["TEMPORAL_TLS_CLIENT_CERT_DATA"] = pairs()[0].certificate
	environment["TEMPORAL_TLS_CLIENT_KEY_DATA"] = pairs()[1].key
	_, err := readSettings("worker", list(environment))
	if err == nil || !strings.Contains(err.Error(), "TEMPORAL_TLS_CLIENT_CERT_DATA, TEMPORAL_TLS_CLIENT_KEY_DATA: ") {
		t.Errorf("want both named, got %v", err)
	}
}
