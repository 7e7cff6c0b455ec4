package eherkenning

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// over lets a world resolve its artifacts at an address, with a client.
func (w *world) over(address string, client *http.Client) *ServiceProvider {
	w.t.Helper()
	sp := w.provider(func(s *Settings) { s.HTTPClient = client })
	sp.broker.Load().artifactURL = address
	return sp
}

// TestAnswersOfAnotherType: SOAP comes as XML; a page of a proxy does not.
func TestAnswersOfAnotherType(t *testing.T) {
	w := newWorld(t)
	for contentType, want := range map[string]Reason{
		"text/xml; charset=utf-8": SOAPFault, "application/soap+xml": SOAPFault, "application/xml": SOAPFault,
		"text/html": Unreachable, "application/json": Unreachable, "text/xml; charset": Unreachable,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", contentType)
			_, _ = rw.Write([]byte(fault))
		}))
		_, err := w.over(server.URL, nil).Login(t.Context(), w.broker.HandOut(w.answer()), requestID)
		if server.Close(); ReasonOf(err) != want {
			t.Errorf("%s: %v, want %s", contentType, err, want)
		}
	}
}

// TestSlowAndSilentPeers: the caller's patience ends the call, wherever the peer stops.
func TestSlowAndSilentPeers(t *testing.T) {
	w := newWorld(t)
	before := runtime.NumGoroutine()
	for name, serve := range map[string]func(net.Conn){
		"says nothing":         func(net.Conn) {},
		"stops in its headers": func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-")) },
		"stops in its body":    func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<a")) },
		"closes at once":       func(c net.Conn) { _ = c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			address := listen(t, serve)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			transport := &http.Transport{DisableKeepAlives: true}
			_, err := w.over("http://"+address, &http.Client{Transport: transport}).Login(ctx, w.broker.HandOut(w.answer()), requestID)
			wantReason(t, err, Unreachable)
		})
	}
	wantGoroutines(t, before)
}

// listen serves every connection until the test ends.
func listen(t *testing.T, serve func(net.Conn)) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { listener.Close(); <-done })
	go func() {
		defer close(done)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			defer connection.Close()
			serve(connection)
		}
	}()
	return listener.Addr().String()
}

// wantGoroutines waits for what ends by itself.
func wantGoroutines(t *testing.T, before int) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestTenCallsAtOnce: a broker that hangs holds no more of us than ten calls; the others are told that it is away.
func TestTenCallsAtOnce(t *testing.T) {
	w := newWorld(t)
	var calls atomic.Int32
	full := make(chan struct{})
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if calls.Add(1) == resolvesAtOnce {
			close(full)
		}
		<-release
	}))
	defer server.Close()
	sp := w.over(server.URL, nil)
	ended := make(chan error, resolvesAtOnce)
	for range resolvesAtOnce {
		go func() {
			_, err := sp.Login(t.Context(), w.broker.HandOut(w.answer()), requestID)
			ended <- err
		}()
	}
	<-full
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := sp.Login(ctx, w.broker.HandOut(w.answer()), requestID)
	wantReason(t, err, Unreachable)
	if calls.Load() != resolvesAtOnce {
		t.Errorf("%d calls, want %d", calls.Load(), resolvesAtOnce)
	}
	close(release)
	for range resolvesAtOnce {
		wantReason(t, <-ended, Malformed) // an empty answer: each of the ten came through
	}
}

// TestMutualTLS: the broker wants our certificate, and we want one of the broker's that we know.
func TestMutualTLS(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.broker.ServeHTTP(rw, r) }))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12,
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			if string(raw[0]) != string(keys()["provider"].Certificate.Raw) {
				return x509.UnknownAuthorityError{}
			}
			return nil
		}}
	server.StartTLS()
	defer server.Close()
	broker := x509.NewCertPool()
	broker.AddCert(server.Certificate())
	for _, test := range []struct {
		name   string
		client *tls.Config
		want   Reason
	}{
		{"both known", &tls.Config{RootCAs: broker, Certificates: []tls.Certificate{clientCertificate("provider")}}, ""},
		{"no certificate of ours", &tls.Config{RootCAs: broker}, Unreachable},
		{"a stranger's certificate", &tls.Config{RootCAs: broker, Certificates: []tls.Certificate{clientCertificate("stranger")}}, Unreachable},
		{"a broker that nobody knows", &tls.Config{Certificates: []tls.Certificate{clientCertificate("provider")}}, Unreachable},
	} {
		t.Run(test.name, func(t *testing.T) {
			transport := &http.Transport{TLSClientConfig: test.client}
			defer transport.CloseIdleConnections()
			_, err := w.over(server.URL+"/ars", &http.Client{Transport: transport}).Login(t.Context(), w.broker.HandOut(w.answer()), requestID)
			wantReason(t, err, test.want)
		})
	}
}

func clientCertificate(name string) tls.Certificate {
	key := keys()[name]
	return tls.Certificate{Certificate: [][]byte{key.Certificate.Raw}, PrivateKey: key.Private}
}
