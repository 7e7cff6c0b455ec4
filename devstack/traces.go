package devstack

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// Traces is a collector of OTLP over HTTP that keeps what it is sent. Safe for concurrent use.
type Traces struct {
	server   *http.Server
	url      string
	mu       sync.Mutex
	requests [][]byte
}

// StartTraces starts a collector on a free port.
func StartTraces() (*Traces, error) {
	listener, err := listen(0)
	if err != nil {
		return nil, err
	}
	t := &Traces{url: "http://" + listener.Addr().String() + "/v1/traces"}
	t.server = &http.Server{Handler: t}
	go t.server.Serve(listener) // until Stop
	return t, nil
}

// URL is where programs send traces.
func (t *Traces) URL() string { return t.url }

// ServeHTTP implements http.Handler.
func (t *Traces) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.requests = append(t.requests, body)
}

// Requests are the bodies that were sent: each an ExportTraceServiceRequest of OTLP, in protobuf.
func (t *Traces) Requests() [][]byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([][]byte{}, t.requests...)
}

// Stop ends the collector.
func (t *Traces) Stop() error {
	if err := t.server.Close(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
