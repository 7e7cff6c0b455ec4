package devstack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"koppel/devstack/federation"
	"koppel/eherkenning/brokertest"
	"koppel/store/storetest"
)

// database is the name of koppel's database on the stack's own Postgres.
const database = "koppel"

// taskQueue is the queue whose pollers tell that the worker works.
const taskQueue = "koppel"

// Options describe a stack. Dir and Binary are required.
type Options struct {
	Dir         string // everything is kept below it; made when missing
	Binary      string // the koppel program, built before
	DatabaseURL string // use this empty or kept database instead of a Postgres of its own
	Build       string // of the worker, which is promoted at its start; empty: it has none
	InMemory    bool   // Temporal and mailbox forget everything at the end
	Apart       bool   // Temporal is a process of its own, which can be killed; the caller's main calls ServeTemporal
	Ports       Ports
	Personas    []brokertest.Persona     // who can log in; nil: the people of the demo
	Change      func(*brokertest.Answer) // last word on each answer of the broker; nil: none
	Traces      *Traces                  // where web and worker send their traces; nil: they make none
	Progress    func(step string)        // told before each step; nil for none
}

// Stack is koppel with its world, running.
type Stack struct {
	DatabaseURL string
	Postgres    *storetest.Server // nil when the options named a database
	Temporal    *Temporal
	Mailbox     *Mailbox
	Broker      *Broker
	Web, Worker *Program

	options             Options
	webPort, workerPort int
	metricsPorts        map[string]int // of web and worker
	stops               []func() error // in order of start
}

// Start starts everything and returns when all of it works. On an error nothing is left running.
func Start(ctx context.Context, options Options) (*Stack, error) {
	if options.Progress == nil {
		options.Progress = func(string) {}
	}
	s := &Stack{options: options, DatabaseURL: options.DatabaseURL}
	steps := []struct {
		name string
		run  func(context.Context) error
	}{
		{"folders", s.prepare},
		{"PostgreSQL", s.startPostgres},
		{"Temporal and its UIs", s.startTemporal},
		{"mailbox", s.startMailbox},
		{"eHerkenning test broker", s.startBroker},
		{"koppel migrate", s.migrate},
		{"koppel worker", s.startWorker},
		{"koppel web", s.startWeb},
	}
	for _, step := range steps {
		options.Progress(step.name)
		if err := step.run(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", step.name, err), s.Stop())
		}
	}
	return s, nil
}

// Stop ends everything, last started first.
func (s *Stack) Stop() error {
	var failures error
	for len(s.stops) > 0 {
		last := len(s.stops) - 1
		failures = errors.Join(failures, s.stops[last]())
		s.stops = s.stops[:last]
	}
	return failures
}

// WebURL is koppel's start page. Its host is not that of the broker (see Broker).
func (s *Stack) WebURL() string { return fmt.Sprintf("http://localhost:%d", s.webPort) }

// WorkerURL is where the worker tells how it is: /healthz and /readyz.
func (s *Stack) WorkerURL() string { return "http://" + address(s.workerPort) }

func (s *Stack) prepare(context.Context) error {
	ports, err := reserve(s.options.Ports.Web, 0, 0, 0)
	if err != nil {
		return err
	}
	s.webPort, s.workerPort = ports[0], ports[1]
	s.metricsPorts = map[string]int{"web": ports[2], "worker": ports[3]}
	return os.MkdirAll(s.logs(), 0o755)
}

func (s *Stack) logs() string    { return filepath.Join(s.options.Dir, "logs") }
func (s *Stack) secrets() string { return filepath.Join(s.options.Dir, "secrets") }

func (s *Stack) startPostgres(ctx context.Context) error {
	if s.DatabaseURL != "" {
		return nil
	}
	server, err := storetest.Start(filepath.Join(s.options.Dir, "postgres"), storetest.Options{
		LockPatience: 10 * time.Second, // an earlier stack that was killed is still writing
		Progress:     os.Stderr,
	})
	if err != nil {
		return err
	}
	s.stops = append(s.stops, server.Stop)
	s.Postgres, s.DatabaseURL = server, server.URL(database)
	return server.Create(ctx, database)
}

func (s *Stack) startTemporal(ctx context.Context) (err error) {
	options := TemporalOptions{
		LogFile: filepath.Join(s.logs(), "temporal.log"),
		Port:    s.options.Ports.Temporal, UIPort: s.options.Ports.TemporalUI, DeskPort: s.options.Ports.TemporalDesk,
	}
	if !s.options.InMemory {
		options.File = filepath.Join(s.options.Dir, "temporal", "temporal.db")
	}
	start := StartTemporal
	if s.options.Apart {
		start = startTemporalApart
	}
	if s.Temporal, err = start(ctx, options); err == nil {
		s.stops = append(s.stops, s.Temporal.Stop)
	}
	return err
}

func (s *Stack) startMailbox(context.Context) (err error) {
	options := MailboxOptions{Port: s.options.Ports.Mailbox, SMTPPort: s.options.Ports.SMTP}
	if !s.options.InMemory {
		options.Dir = filepath.Join(s.options.Dir, "mail")
	}
	if s.Mailbox, err = StartMailbox(options); err == nil {
		s.stops = append(s.stops, s.Mailbox.Stop)
	}
	return err
}

func (s *Stack) startBroker(context.Context) (err error) {
	s.Broker, err = startBroker(s.options.Ports.Broker, federation.Options{
		WebURL: s.WebURL(), Secrets: s.secrets(), BrokerKey: filepath.Join(s.options.Dir, "broker.pem"),
		Personas: s.options.Personas, Change: s.options.Change,
	})
	if err == nil {
		s.stops = append(s.stops, s.Broker.Stop)
	}
	return err
}

func (s *Stack) migrate(ctx context.Context) error {
	_, err := s.Run(ctx, "migrate")
	return err
}

func (s *Stack) startWorker(ctx context.Context) error {
	connection, err := s.Temporal.Client()
	if err != nil {
		return err
	}
	s.stops = append(s.stops, func() error { connection.Close(); return nil })
	s.Worker = s.program("worker", func(ctx context.Context) error { return hasPoller(ctx, connection) })
	s.stops = append(s.stops, s.Worker.Stop)
	if s.options.Build == "" {
		return s.Worker.Start(ctx)
	}
	s.Worker.environment = append(s.Worker.environment, "BUILD_ID="+s.options.Build)
	return errors.Join(s.Worker.Start(ctx), s.Promote(ctx, s.options.Build))
}

func (s *Stack) startWeb(ctx context.Context) error {
	s.Web = s.program("web", s.webAnswers)
	s.stops = append(s.stops, s.Web.Stop)
	return s.Web.Start(ctx)
}

func (s *Stack) program(name string, ready func(context.Context) error) *Program {
	return &Program{
		Name: "koppel " + name, LogFile: filepath.Join(s.logs(), name+".log"), command: []string{s.options.Binary, name},
		MetricsURL: "http://" + address(s.metricsPorts[name]) + "/metrics", environment: s.measured(name), ready: ready,
	}
}

// hasPoller fails while nobody asks for work. Temporal remembers a killed worker as a poller for minutes, so after a
// restart this says yes at once.
func hasPoller(ctx context.Context, connection client.Client) error {
	described, err := connection.DescribeTaskQueue(ctx, taskQueue, enums.TASK_QUEUE_TYPE_WORKFLOW)
	if err == nil && len(described.GetPollers()) == 0 {
		return errors.New("nobody polls the task queue " + taskQueue)
	}
	return err
}

func (s *Stack) webAnswers(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.WebURL(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the start page answers %s", response.Status)
	}
	return nil
}
