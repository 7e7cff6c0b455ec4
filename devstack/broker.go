package devstack

import (
	"errors"
	"net"
	"net/http"
	"time"

	"koppel/devstack/federation"
)

// Broker is the test broker on 127.0.0.1. Cookies know no ports, so koppel's own pages must be on another host name
// (localhost) for the browser to see two sites.
type Broker struct {
	handler  http.Handler
	listener net.Listener
	server   *http.Server
}

// startBroker serves the broker at a preferred port; options lack only the broker's address.
func startBroker(port int, options federation.Options) (*Broker, error) {
	listener, err := listen(port)
	if err != nil {
		return nil, err
	}
	b := &Broker{listener: listener}
	options.BrokerURL = b.URL()
	if b.handler, err = federation.Broker(options); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	b.serve()
	return b, nil
}

func (b *Broker) serve() {
	b.server = &http.Server{Handler: b.handler, ReadHeaderTimeout: 10 * time.Second}
	go b.server.Serve(b.listener) // ends with Stop
}

// Start serves again after Stop, at the same address. Logins that had begun go on.
func (b *Broker) Start() (err error) {
	if b.listener, err = listenOn(portOf(b.listener)); err == nil {
		b.serve()
	}
	return err
}

// URL is the address of the broker.
func (b *Broker) URL() string { return "http://" + b.listener.Addr().String() }

// Stop closes the port and all connections.
func (b *Broker) Stop() error { return b.server.Close() }
