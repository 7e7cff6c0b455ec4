package devstack

import (
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"koppel/eherkenning/brokertest"
)

// What the broker has on file about koppel; the settings of koppel say the same. The OIN is made up.
const (
	EntityID    = "urn:etoegang:DV:00000003999999990000:entities:0001"
	ServiceID   = "urn:etoegang:DV:00000003999999990000:services:0001"
	ServiceUUID = "5bd7e0f7-28e2-4b0c-9a0b-2f0f1a6f6b61"
)

// ACSPath is the path of koppel's web at which artifacts arrive.
const ACSPath = "/eherkenning/acs"

// Broker is the test broker on 127.0.0.1. Cookies know no ports, so koppel's own pages must be on another host name
// (localhost) for the browser to see two sites.
type Broker struct {
	*brokertest.Broker
	listener net.Listener
	server   *http.Server
}

// StartBroker serves a broker for the koppel at webURL, with the default personas.
func StartBroker(port int, webURL string, certificate *x509.Certificate) (*Broker, error) {
	listener, err := listen(port)
	if err != nil {
		return nil, err
	}
	broker, err := brokertest.New(brokertest.Options{
		BaseURL: "http://" + listener.Addr().String(),
		ServiceProvider: brokertest.ServiceProvider{
			EntityID: EntityID, ServiceID: ServiceID, ServiceUUID: ServiceUUID,
			ACSURL: webURL + ACSPath, Certificate: certificate,
		},
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	b := &Broker{Broker: broker, listener: listener}
	b.server = &http.Server{Handler: broker, ReadHeaderTimeout: 10 * time.Second}
	go b.server.Serve(listener) // ends with Stop
	return b, nil
}

// URL is the address of the broker.
func (b *Broker) URL() string { return "http://" + b.listener.Addr().String() }

// WriteMetadata writes the metadata to the file that koppel's settings name.
func (b *Broker) WriteMetadata(file string) error { return os.WriteFile(file, b.Metadata(), 0o644) }

// Stop closes the port and all connections.
func (b *Broker) Stop() error { return b.server.Close() }
