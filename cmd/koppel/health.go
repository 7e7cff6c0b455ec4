package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"koppel/health"
	"koppel/mail"
	"koppel/store"
	"koppel/web"
)

// smtpProbeEvery spares the mail server: each question is a connection.
const smtpProbeEvery = 30 * time.Second

// healthTimeout bounds a request to the worker's own listener, and one of `koppel health`.
const healthTimeout = 5 * time.Second

// webHealth watches what web depends on. The broker is never asked: a login tells how it is, and nothing else needs it.
func webHealth(log *slog.Logger, database *store.Store, temporal temporalClient) *health.Watch {
	return health.New(log,
		health.Part{Name: store.Part, Probe: database.Ping},
		health.Part{Name: web.TemporalPart, Probe: temporal.ping},
		health.Part{Name: web.BrokerPart, Optional: true})
}

func workerHealth(log *slog.Logger, database *store.Store, temporal temporalClient, sender *mail.Sender) *health.Watch {
	return health.New(log,
		health.Part{Name: store.Part, Probe: database.Ping},
		health.Part{Name: web.TemporalPart, Probe: temporal.ping},
		health.Part{Name: "smtp", Probe: sender.Ping, Every: smtpProbeEvery})
}

// temporalClient is a client that knows its namespace.
type temporalClient struct {
	client.Client
	namespace string
}

// ping asks Temporal about the namespace, so that a wrong one, or wrong credentials, show as well.
func (t temporalClient) ping(ctx context.Context) error {
	_, err := t.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: t.namespace})
	if err != nil {
		return fmt.Errorf("namespace %s: %w", t.namespace, err)
	}
	return nil
}

// serveHealth answers /healthz and /readyz on address until stop is called.
func serveHealth(watch *health.Watch, address string) (stop func() error, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: watch, ReadTimeout: healthTimeout, WriteTimeout: healthTimeout}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	return func() error {
		err := server.Close()
		<-ended
		return err
	}, nil
}
