package devstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Namespace is the one namespace of the Temporal server.
const Namespace = "default"

// retention is how long ended workflows stay readable.
const retention = 30 * 24 * time.Hour

// clusterName is the name that Temporal's own tools expect.
const clusterName = "active"

// Temporal is a Temporal server with two UIs on 127.0.0.1, in this process or in one of its own: the one of the helpdesk
// shows, that of operators has commands too.
type Temporal struct {
	Port, UIPort, DeskPort int
	Program                *Program // its own process; nil: it runs in this one
	server                 temporal.Server
	uis                    []*uiserver.Server
}

// TemporalOptions say where it listens and keeps its data. The zero value is a server in memory.
type TemporalOptions struct {
	File                   string // SQLite database, made when missing; empty: in memory
	LogFile                string // errors; empty: none
	Port, UIPort, DeskPort int    // preferred ports of the gRPC frontend, and of the UIs of operators and helpdesk
}

// StartTemporal returns when the server takes requests for Namespace.
func StartTemporal(ctx context.Context, options TemporalOptions) (*Temporal, error) {
	ports, err := reserve(options.Port, options.UIPort, options.DeskPort, 0, 0, 0)
	if err != nil {
		return nil, err
	}
	t := &Temporal{Port: ports[0], UIPort: ports[1], DeskPort: ports[2]}
	t.server, err = newTemporalServer(options, ports[0], ports[3:])
	if err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	if err := t.server.Start(); err != nil {
		return nil, fmt.Errorf("start temporal: %w", err)
	}
	if err := t.await(ctx, t.answers); err != nil {
		return nil, errors.Join(err, t.server.Stop())
	}
	t.uis = []*uiserver.Server{newTemporalUI(temporalUI(t.Port, t.UIPort)), newTemporalUI(readOnly(temporalUI(t.Port, t.DeskPort)))}
	for _, ui := range t.uis {
		go ui.Start() // its own errors end the process, with a line that says why
	}
	if err := t.await(ctx, t.uisAnswer); err != nil {
		return nil, errors.Join(err, t.Stop())
	}
	return t, nil
}

// Address is the host and port of the server, as TEMPORAL_ADDRESS wants it.
func (t *Temporal) Address() string { return address(t.Port) }

// UIURL is the address of the UI of operators, which has commands.
func (t *Temporal) UIURL() string { return "http://" + address(t.UIPort) }

// DeskURL is the address of the UI of the helpdesk, which shows and changes nothing.
func (t *Temporal) DeskURL() string { return "http://" + address(t.DeskPort) }

// Client connects to the server.
func (t *Temporal) Client() (client.Client, error) {
	return client.Dial(client.Options{HostPort: t.Address(), Namespace: Namespace, Logger: silent{}})
}

// Stop ends UIs and server.
func (t *Temporal) Stop() error {
	if t.Program != nil {
		return t.Program.Stop()
	}
	for _, ui := range t.uis {
		ui.Stop()
	}
	return t.server.Stop()
}

func (t *Temporal) await(ctx context.Context, answers func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := answers(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("temporal is not ready: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// uisAnswer looks once whether the UIs listen.
func (t *Temporal) uisAnswer(ctx context.Context) error {
	for _, port := range []int{t.UIPort, t.DeskPort} {
		connection, err := new(net.Dialer).DialContext(ctx, "tcp", address(port))
		if err != nil {
			return err
		}
		connection.Close()
	}
	return nil
}

// answers asks once whether the server takes requests.
func (t *Temporal) answers(ctx context.Context) error {
	connection, err := client.NewLazyClient(client.Options{HostPort: t.Address(), Logger: silent{}})
	if err != nil {
		return err
	}
	defer connection.Close()
	_, err = connection.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}

func newTemporalUI(settings uiconfig.Config) *uiserver.Server {
	return uiserver.NewServer(uioptions.WithConfigProvider(&settings))
}

func temporalUI(port, uiPort int) uiconfig.Config {
	return uiconfig.Config{
		Host:                "127.0.0.1",
		Port:                uiPort,
		TemporalGRPCAddress: address(port),
		EnableUI:            true,
		DefaultNamespace:    Namespace,
		DisableNewsFetch:    true,
		HideLogs:            true,
		CORS:                uiconfig.CORS{CookieInsecure: true}, // plain HTTP
	}
}

// readOnly makes the server of a UI refuse what changes something, and its pages leave the buttons for it out.
func readOnly(settings uiconfig.Config) uiconfig.Config {
	settings.DisableWriteActions = true
	settings.WorkflowTerminateDisabled, settings.WorkflowCancelDisabled, settings.WorkflowSignalDisabled = true, true, true
	settings.WorkflowUpdateDisabled, settings.WorkflowResetDisabled, settings.WorkflowPauseDisabled = true, true, true
	settings.BatchActionsDisabled, settings.StartWorkflowDisabled, settings.ActivityCommandsDisabled = true, true, true
	return settings
}

func newTemporalServer(options TemporalOptions, port int, inner []int) (temporal.Server, error) {
	database, err := temporalDatabase(options.File)
	if err != nil {
		return nil, err
	}
	settings := temporalConfig(database, port, inner)
	var logger log.Logger = log.NewNoopLogger()
	if options.LogFile != "" {
		logger = log.NewZapLogger(log.BuildZapLogger(log.Config{Level: "error", OutputFile: options.LogFile}))
	}
	hosts := map[primitives.ServiceName]static.Hosts{}
	for name, service := range settings.Services {
		hosts[primitives.ServiceName(name)] = static.SingleLocalHost(address(service.RPC.GRPCPort))
	}
	return temporal.NewServer(
		temporal.WithConfig(settings),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithDynamicConfigClient(dynamicSettings()),
	)
}

func dynamicSettings() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// One shard is otherwise read 20 times a second, which makes every step wait 50 ms.
		dynamicconfig.TransferProcessorMaxPollRPS.Key():  2000,
		dynamicconfig.EnableActivityEagerExecution.Key(): true,
		// `koppel migrate` adds search attributes that are used right after.
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key():             true,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key():        100,
		dynamicconfig.EnableServerVersionCheck.Key():                            false, // it asks a server on the internet
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():                  10000,
		dynamicconfig.FrontendMaxConcurrentLongRunningRequestsPerInstance.Key(): 1200,
	}
}

// temporalDatabase makes the schema and the namespace when they are missing.
func temporalDatabase(file string) (*config.SQL, error) {
	database := &config.SQL{
		PluginName:        sqlite.PluginName,
		ConnectAttributes: map[string]string{"mode": "memory", "cache": "shared"},
		DatabaseName:      "temporal-" + strconv.FormatInt(time.Now().UnixNano(), 36),
	}
	if file != "" {
		if err := createDatabaseFile(file); err != nil {
			return nil, err
		}
		database.DatabaseName = file
		database.ConnectAttributes = map[string]string{"mode": "rw", "journal_mode": "wal", "synchronous": "normal"}
	}
	namespace, err := sqliteschema.NewNamespaceConfig(clusterName, Namespace, false, nil)
	if err != nil {
		return nil, err
	}
	namespace.Detail.Config.Retention = durationpb.New(retention)
	return database, sqliteschema.CreateNamespaces(database, namespace)
}

// createDatabaseFile works beside and renames, so that an interrupted start is redone.
func createDatabaseFile(file string) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	fresh := file + ".new"
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.RemoveAll(fresh)); err != nil {
		return err
	}
	err := sqliteschema.SetupSchema(&config.SQL{
		PluginName:        sqlite.PluginName,
		DatabaseName:      fresh,
		ConnectAttributes: map[string]string{"mode": "rwc"},
	})
	if err != nil {
		return err
	}
	return os.Rename(fresh, file)
}

func temporalConfig(database *config.SQL, port int, inner []int) *config.Config {
	service := func(port int) config.Service {
		return config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: "127.0.0.1"}}
	}
	disabled := "disabled"
	settings := &config.Config{
		Persistence: config.Persistence{
			DefaultStore: "sqlite", VisibilityStore: "sqlite", NumHistoryShards: 1,
			DataStores: map[string]config.DataStore{"sqlite": {SQL: database}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: address(port)},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): service(port),
			string(primitives.HistoryService):  service(inner[0]),
			string(primitives.MatchingService): service(inner[1]),
			string(primitives.WorkerService):   service(inner[2]),
		},
		PublicClient: config.PublicClient{HostPort: address(port)},
	}
	settings.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: "127.0.0.1"}
	settings.Archival.History.State, settings.Archival.Visibility.State = disabled, disabled
	settings.NamespaceDefaults.Archival.History.State = disabled
	settings.NamespaceDefaults.Archival.Visibility.State = disabled
	return settings
}

// silent keeps the SDK's messages about servers that are still starting out of the terminal.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
