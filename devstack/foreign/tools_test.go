package foreign

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"koppel/devstack/machine"
	"koppel/eherkenning"
	"koppel/eherkenning/brokertest"
)

func TestMain(m *testing.M) {
	if err := machine.Meet(os.Stderr, machine.XMLTools...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// bench is a folder with keys as PEM files, where the tools run.
type bench struct {
	t           *testing.T
	dir         string
	ours, their brokertest.Key
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, dir: t.TempDir(), ours: newKey(t, "provider"), their: newKey(t, "broker")}
	b.write("ours.pem", pemOf(t, b.ours))
	b.write("their.pem", pemOf(t, b.their))
	return b
}

func newKey(t *testing.T, name string) brokertest.Key {
	t.Helper()
	key, err := brokertest.NewKey(name, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pemOf(t *testing.T, key brokertest.Key) []byte {
	t.Helper()
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (b *bench) write(name string, content []byte) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), content, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) read(name string) []byte {
	b.t.Helper()
	content, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil {
		b.t.Fatal(err)
	}
	return content
}

// run runs a tool in the folder; it fails the test when the tool does not succeed.
func (b *bench) run(tool string, arguments ...string) {
	b.t.Helper()
	if output, err := b.try(tool, arguments...); err != nil {
		b.t.Fatalf("%s %v: %v\n%s", tool, arguments, err, output)
	}
}

func (b *bench) try(tool string, arguments ...string) (string, error) {
	cmd := exec.Command(tool, arguments...)
	cmd.Dir = b.dir
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// provider is koppel's side, trusting the broker of these tests.
func (b *bench) provider(broker *brokertest.Broker) *eherkenning.ServiceProvider {
	b.t.Helper()
	sp, err := eherkenning.New(b.settings(broker))
	if err != nil {
		b.t.Fatal(err)
	}
	return sp
}

const (
	providerID  = "urn:etoegang:DV:00000001999999990000:entities:9001"
	serviceID   = "urn:etoegang:DV:00000001999999990000:services:9001"
	serviceUUID = "3b1d6c52-0a4e-4f7b-9a55-5d2f8f0c1e77"
	acsURL      = "https://koppel.example/eherkenning/acs"
)

func (b *bench) settings(broker *brokertest.Broker) eherkenning.Settings {
	own := eherkenning.KeyPair{Private: b.ours.Private, Certificate: b.ours.Certificate}
	return eherkenning.Settings{
		EntityID: providerID, ServiceID: serviceID, ServiceUUID: serviceUUID, ACSURL: acsURL,
		Signing: own, Decryption: []eherkenning.KeyPair{own},
		BrokerMetadata: broker.Metadata(), MetadataSigners: broker.Certificates(),
	}
}

func (b *bench) broker(baseURL, resolveURL string) *brokertest.Broker {
	b.t.Helper()
	broker, err := brokertest.New(brokertest.Options{
		BaseURL: baseURL, ResolveURL: resolveURL, Keys: []brokertest.Key{b.their},
		ServiceProvider: brokertest.ServiceProvider{EntityID: providerID, ACSURL: acsURL, ServiceID: serviceID,
			ServiceUUID: serviceUUID, Certificate: b.ours.Certificate},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return broker
}
