// Package compose checks docker-compose.yml without Docker: what a person would only find out after minutes of building.
package compose

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"koppel/devstack/federation"
	"koppel/keys/keyfiles"
)

const root = "../.."

func load(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{root + "/docker-compose.yml"}, cli.WithWorkingDirectory(root))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestServicesStartAfterWhatTheyNeed(t *testing.T) {
	want := map[string][]string{
		"postgres":             nil,
		"temporal-schema":      {"postgres service_healthy"},
		"temporal":             {"temporal-schema service_completed_successfully"},
		"temporal-namespace":   {"temporal service_healthy"},
		"temporal-ui":          {"temporal service_healthy"},
		"temporal-ui-helpdesk": {"temporal service_healthy"},
		"mailpit":              nil,
		"prepare":              nil,
		"broker":               {"prepare service_completed_successfully"},
		"migrate":              {"postgres service_healthy", "temporal-namespace service_completed_successfully"},
		"web":                  {"migrate service_completed_successfully", "prepare service_completed_successfully"},
		"worker":               {"migrate service_completed_successfully", "prepare service_completed_successfully"},
		"promote":              {"worker service_started"},
	}
	project := load(t)
	got := map[string][]string{}
	for name, service := range project.Services {
		got[name] = nil
		for other, dependency := range service.DependsOn {
			got[name] = append(got[name], other+" "+dependency.Condition)
			if dependency.Condition == types.ServiceConditionHealthy && project.Services[other].HealthCheck == nil {
				t.Errorf("%s waits for %s to be healthy, which nobody checks", name, other)
			}
		}
		slices.Sort(got[name])
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestImagesArePinnedAndPortsStayOnThisMachine(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$`)
	for name, service := range load(t).Services {
		if service.Build == nil && !pinned.MatchString(service.Image) {
			t.Errorf("%s: image %s is not pinned to a version", name, service.Image)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is open to the network", name, port.Published)
			}
		}
	}
	from := regexp.MustCompile(`(?m)^FROM (\S+)`)
	text := read(t, root+"/Dockerfile")
	stages := regexp.MustCompile(`(?m)^FROM \S+ AS (\S+)`).FindAllStringSubmatch(text, -1)
	for _, match := range from.FindAllStringSubmatch(text, -1) {
		isStage := slices.ContainsFunc(stages, func(stage []string) bool { return stage[1] == match[1] })
		if !isStage && match[1] != "scratch" && !pinned.MatchString(match[1]) {
			t.Errorf("Dockerfile: %s is not pinned to a version", match[1])
		}
	}
}

// TestOnlyTheHelpdeskHasAUIThatChangesNothing: agents act by koppel helpdesk, which asks who they are and why.
func TestOnlyTheHelpdeskHasAUIThatChangesNothing(t *testing.T) {
	project := load(t)
	for name, want := range map[string]int{"temporal-ui": 0, "temporal-ui-helpdesk": 10} {
		disabled := 0
		for setting, value := range project.Services[name].Environment {
			if regexp.MustCompile(`_DISABLED$|_WRITE_ACTIONS$`).MatchString(setting) && *value == "true" {
				disabled++
			}
		}
		if disabled != want {
			t.Errorf("%s: %d kinds of commands are switched off, want %d", name, disabled, want)
		}
	}
}

// TestWebAndWorkerAreAskedHowTheyAre asks where they listen, and gives each longer to stop than it takes.
func TestWebAndWorkerAreAskedHowTheyAre(t *testing.T) {
	project := load(t)
	for name, want := range map[string]struct {
		url  string
		stop time.Duration // of drainTimeout in cmd/koppel, stopTimeout in worker
	}{
		"web":    {"http://localhost:8080/readyz", 20 * time.Second},
		"worker": {"http://localhost:8081/readyz", 28 * time.Second},
	} {
		service := project.Services[name]
		if service.HealthCheck == nil || !slices.Equal(service.HealthCheck.Test, []string{"CMD", "/koppel", "health", want.url}) {
			t.Errorf("%s: healthcheck %+v, want one that asks %s", name, service.HealthCheck, want.url)
		}
		if grace := service.StopGracePeriod; grace == nil || time.Duration(*grace) <= want.stop {
			t.Errorf("%s: grace period %v, want more than %s", name, grace, want.stop)
		}
	}
}

// TestSettingsFit reads the settings of koppel from their declaration: each service has what its command cannot do
// without, and nothing that koppel does not know.
func TestSettingsFit(t *testing.T) {
	project := load(t)
	known := settings(t)
	for _, command := range []string{"web", "worker", "migrate"} {
		service := project.Services[command]
		if !slices.Equal(service.Command, []string{command}) {
			t.Errorf("service %s runs %v", command, service.Command)
		}
		for name := range service.Environment {
			if !slices.Contains(known[strings.TrimSuffix(name, "_FILE")].readers, command) {
				t.Errorf("%s: reads no setting %s", command, name)
			}
		}
		for name, s := range known {
			isGiven := service.Environment[name] != nil || service.Environment[name+"_FILE"] != nil
			if s.isNeeded && slices.Contains(s.readers, command) && !isGiven {
				t.Errorf("%s: needs %s", command, name)
			}
		}
	}
}

// TestBrokerAndKoppelAgree compares what both sides are told about each other.
func TestBrokerAndKoppelAgree(t *testing.T) {
	project := load(t)
	web, broker := project.Services["web"].Environment, project.Services["broker"].Environment
	for name, want := range map[string]string{
		"KOPPEL_EHERKENNING_ENTITY_ID":    federation.EntityID,
		"KOPPEL_EHERKENNING_SERVICE_ID":   federation.ServiceID,
		"KOPPEL_EHERKENNING_SERVICE_UUID": federation.ServiceUUID,
		"KOPPEL_PUBLIC_URL":               *broker["KOPPEL_PUBLIC_URL"],
	} {
		if got := *web[name]; got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	made := maps.Clone(keyfiles.Files)
	made["web"] = append(made["web"], federation.Key, federation.Certificate, federation.DecryptionKeys,
		federation.BrokerMetadata, federation.MetadataSigners)
	for _, command := range []string{"web", "worker"} {
		for name, value := range project.Services[command].Environment {
			file, isFile := strings.CutPrefix(*value, "/secrets/")
			if isFile != strings.HasSuffix(name, "_FILE") || (isFile && !slices.Contains(made[command], file)) {
				t.Errorf("%s: %s=%s is no file that prepare makes for it", command, name, *value)
			}
		}
	}
}

func TestTheBuildOfTheWorkerIsPromoted(t *testing.T) {
	project := load(t)
	worker, promote := project.Services["worker"].Environment["BUILD_ID"], project.Services["promote"].Environment["BUILD_ID"]
	if worker == nil || promote == nil || *worker == "" || *worker != *promote {
		t.Errorf("worker has the build %v, and %v is promoted", worker, promote)
	}
}

func TestEachServiceSeesItsOwnSecretsOnly(t *testing.T) {
	for name, service := range load(t).Services {
		for _, volume := range service.Volumes {
			isBroker := service.Image == "koppel-broker:dev"
			if volume.Source != "secrets" || isBroker {
				continue
			}
			if volume.Volume == nil || volume.Volume.Subpath != name || !volume.ReadOnly {
				t.Errorf("%s mounts more of the secrets than its own", name)
			}
		}
	}
}

// setting is what koppel declares of a setting.
type setting struct {
	readers  []string // the commands that read it
	isNeeded bool     // by them
}

// settings returns those of koppel by name.
func settings(t *testing.T) map[string]setting {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), root+"/cmd/koppel/settings.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]setting{}
	ast.Inspect(file, func(node ast.Node) bool {
		field, isField := node.(*ast.Field)
		if !isField || field.Tag == nil {
			return true
		}
		text, _ := strconv.Unquote(field.Tag.Value)
		tag := reflect.StructTag(text)
		isNeeded := tag.Get("optional") == "" && tag.Get("envDefault") == ""
		found[tag.Get("env")] = setting{strings.Fields(tag.Get("for")), isNeeded}
		return true
	})
	if len(found) < 15 {
		t.Fatalf("found only the settings %v", slices.Sorted(maps.Keys(found)))
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
