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
	handler, err := federation.Broker(options)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	b.server = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go b.server.Serve(listener) // ends with Stop
	return b, nil
}

// URL is the address of the broker.
func (b *Broker) URL() string { return "http://" + b.listener.Addr().String() }

// Stop closes the port and all connections.
func (b *Broker) Stop() error { return b.server.Close() }
