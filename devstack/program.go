package devstack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"koppel/devstack/federation"
	"koppel/eherkenning/brokertest"
	"koppel/keys/keyfiles"
	"koppel/store/storetest/child"
)

// BounceSecret lets a test report to web that a mail came back.
const BounceSecret = "development-only-bounce-secret"

// stopPatience is longer than the worker takes for a graceful stop.
const stopPatience = 40 * time.Second

// Program is a long-running program of the stack: a real process that can be killed and started again. Safe for
// concurrent use.
type Program struct {
	Name        string // for messages: "koppel web"
	LogFile     string
	MetricsURL  string
	command     []string
	environment []string
	ready       func(context.Context) error // one look; nil when it works

	mu      sync.Mutex
	process *child.Process
}

// Start starts the program and waits until it works.
func (p *Program) Start(ctx context.Context) error {
	process, err := p.launch()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := p.ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-process.Done():
			return fmt.Errorf("%s ended at its start (%v): %s", p.Name, process.Err(), p.lastLines())
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s does not work (%w): %s", p.Name, err, p.lastLines()), p.Stop())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *Program) launch() (*child.Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	log, err := os.OpenFile(p.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(p.command[0], p.command[1:]...)
	cmd.Env = p.environment
	cmd.Stdout, cmd.Stderr = log, log
	p.process, err = child.Start(cmd, syscall.SIGKILL)
	return p.process, err
}

func (p *Program) current() *child.Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.process
}

// PID is the process id of the running program.
func (p *Program) PID() int { return p.current().PID() }

// Done is closed when the process that runs now has ended.
func (p *Program) Done() <-chan struct{} { return p.current().Done() }

// Kill ends the process as a crash would: SIGKILL. Start starts the program again, on the same ports.
func (p *Program) Kill() { p.current().Kill() }

// Stop ends the process as a deployment would: SIGTERM.
func (p *Program) Stop() error {
	if process := p.current(); process != nil {
		if err := process.Stop(syscall.SIGTERM, stopPatience); err != nil {
			return fmt.Errorf("%s %w", p.Name, err)
		}
	}
	return nil
}

func (p *Program) lastLines() string {
	content, _ := os.ReadFile(p.LogFile) // an unreadable log is as good as an empty one
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-8):], []byte("\n")))
}

// Run runs a short program of koppel, such as migrate, and returns what it printed.
func (s *Stack) Run(ctx context.Context, arguments ...string) (string, error) {
	return s.RunWith(ctx, nil, arguments...)
}

// RunWith is Run with input on the program's standard input.
func (s *Stack) RunWith(ctx context.Context, input io.Reader, arguments ...string) (string, error) {
	return s.run(ctx, input, nil, arguments)
}

// RunAs is Run by the agent of the helpdesk who has this token.
func (s *Stack) RunAs(ctx context.Context, token string, arguments ...string) (string, error) {
	return s.run(ctx, nil, []string{"KOPPEL_AGENT_TOKEN=" + token}, arguments)
}

// TypeAs is RunAs with input on the program's standard input.
func (s *Stack) TypeAs(ctx context.Context, token string, input io.Reader, arguments ...string) (string, error) {
	return s.run(ctx, input, []string{"KOPPEL_AGENT_TOKEN=" + token}, arguments)
}

// SettingsOf are the settings of koppel for the agent of the helpdesk who has this token, as NAME=value.
func (s *Stack) SettingsOf(token string) []string {
	return append(s.environment(""), "KOPPEL_AGENT_TOKEN="+token)
}

func (s *Stack) run(ctx context.Context, input io.Reader, settings, arguments []string) (string, error) {
	cmd := exec.CommandContext(ctx, s.options.Binary, arguments...)
	cmd.Env = append(s.environment(""), settings...)
	var output bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, &output, &output
	process, err := child.Start(cmd, syscall.SIGKILL)
	if err != nil {
		return "", err
	}
	<-process.Done()
	if err := process.Err(); err != nil {
		return output.String(), fmt.Errorf("koppel %s: %w: %s", strings.Join(arguments, " "), err, output.String())
	}
	return output.String(), nil
}

// environment holds the settings of koppel, with the keys of its program.
func (s *Stack) environment(program string) []string {
	secret := func(name string) string { return filepath.Join(s.secrets(), keyfiles.Web, name) }
	environment := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TZ=" + os.Getenv("TZ"),
		"KOPPEL_DATABASE_URL=" + s.DatabaseURL,
		"KOPPEL_LISTEN=" + address(s.webPort),
		"KOPPEL_WORKER_LISTEN=" + address(s.workerPort),
		"KOPPEL_PUBLIC_URL=" + s.WebURL(),
		"KOPPEL_TRUSTED_PROXIES=127.0.0.0/8,::1/128", // nothing else can connect; the tests play many networks
		"KOPPEL_SMTP_ADDRESS=" + s.Mailbox.SMTPAddress(),
		"KOPPEL_SMTP_TLS=none",
		"KOPPEL_MAIL_FROM=MijnHelpdeskPO <noreply@koppel.example>",
		"KOPPEL_BOUNCE_ADDRESS=bounce@koppel.example",
		"KOPPEL_BOUNCE_SECRET=" + BounceSecret,
		"KOPPEL_HELPDESK_MAIL=helpdesk@koppel.example",
		"KOPPEL_HELPDESK_PHONE=0800 0000",
		"KOPPEL_EHERKENNING_ENTITY_ID=" + federation.EntityID,
		"KOPPEL_EHERKENNING_SERVICE_ID=" + federation.ServiceID,
		"KOPPEL_EHERKENNING_SERVICE_UUID=" + federation.ServiceUUID,
		"KOPPEL_SUPPLIERS=" + suppliers(),
		"KOPPEL_EHERKENNING_KEY_FILE=" + secret(federation.Key),
		"KOPPEL_EHERKENNING_CERTIFICATE_FILE=" + secret(federation.Certificate),
		"KOPPEL_EHERKENNING_DECRYPTION_KEYS_FILE=" + secret(federation.DecryptionKeys),
		"KOPPEL_EHERKENNING_BROKER_METADATA_FILE=" + secret(federation.BrokerMetadata),
		"KOPPEL_EHERKENNING_METADATA_SIGNERS_FILE=" + secret(federation.MetadataSigners),
		"TEMPORAL_ADDRESS=" + s.Temporal.Address(),
		"TEMPORAL_NAMESPACE=" + Namespace,
		"KOPPEL_TEMPORAL_UI=" + s.Temporal.DeskURL(),
	}
	if program == "" { // an agent seals for the worker, and needs no other key
		environment = append(environment, "KOPPEL_HANDOVER_PUBLIC_KEY_FILE="+secret("KOPPEL_HANDOVER_PUBLIC_KEY"))
	}
	for _, name := range keyfiles.Files[program] {
		environment = append(environment, name+"_FILE="+filepath.Join(s.secrets(), program, name))
	}
	return environment
}

// measured is environment with metrics and, where they are wanted, traces.
func (s *Stack) measured(program string) []string {
	environment := append(s.environment(program), "KOPPEL_METRICS_LISTEN="+address(s.metricsPorts[program]))
	if s.options.Traces != nil {
		environment = append(environment, "KOPPEL_TRACES_URL="+s.options.Traces.URL())
	}
	return environment
}

// KeepRunning starts web and worker again when they end by themselves, as a cluster would, and returns when ctx ends. It
// tells about each such end.
func (s *Stack) KeepRunning(ctx context.Context, tell func(note string)) {
	var group sync.WaitGroup
	for _, program := range []*Program{s.Web, s.Worker} {
		group.Go(func() { program.keepRunning(ctx, tell) })
	}
	group.Wait()
}

func (p *Program) keepRunning(ctx context.Context, tell func(note string)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.Done():
			tell(fmt.Sprintf("%s has ended (%v): starting it again. Its log: %s", p.Name, p.current().Err(), p.LogFile))
		}
		if err := p.Start(ctx); err != nil {
			tell(err.Error())
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Second):
			}
		}
	}
}

// suppliers names the pretend suppliers of the broker.
func suppliers() string {
	var named []string
	for _, supplier := range brokertest.Suppliers() {
		named = append(named, supplier.EntityID+"="+supplier.Name)
	}
	return strings.Join(named, ";")
}
