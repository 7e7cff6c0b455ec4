package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"koppel/logs"
)

// koppel runs the program and returns what it printed.
func koppel(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := rootCommand(slog.New(slog.DiscardHandler))
	root.SetArgs(arguments)
	root.SetOut(&out)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestMetadataIsWrittenFromSettings(t *testing.T) {
	for name, value := range complete(t) {
		t.Setenv(name, value)
	}
	for command, want := range map[string]string{"metadata": `entityID="urn:etoegang:DV:00000001234567890000:entities:0001"`,
		"metadata catalogue": "<esc:ServiceProviderID>00000001234567890000<"} {
		printed, err := koppel(t, strings.Fields(command)...)
		if err != nil || !strings.Contains(printed, want) || strings.Contains(printed, "PRIVATE") {
			t.Errorf("koppel %s: %v\n%s", command, err, printed)
		}
	}
}

func TestMetadataIsExplained(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, signer := write("good.xml", pairs()[0].metadata), write("signer.pem", pairs()[0].signer)
	other, half := write("other.pem", pairs()[1].signer), write("half.xml", strings.ReplaceAll(pairs()[0].metadata, "SingleSignOnService", "Other"))
	for _, c := range []struct {
		arguments    []string
		printed, err string
	}{
		{[]string{good}, "https://broker.example/sso", ""},
		{[]string{good, "--signers", signer}, "shows as its signer", ""},
		{[]string{good, "--signers", other}, "https://broker.example/sso", "not by the certificate"},
		{[]string{half}, "shows as its signer", "SingleSignOnService"},
		{[]string{good, "--signers", good}, "", "certificate 1"},
		{[]string{"/nowhere"}, "", "/nowhere"},
	} {
		printed, err := koppel(t, append([]string{"metadata", "check"}, c.arguments...)...)
		if !strings.Contains(printed, c.printed) || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%v: %v\n%s", c.arguments, err, printed)
		}
	}
}

// TestMetadataOfTheBrokerIsReadAgain: the operator replaces the file; a bad one leaves the one before.
func TestMetadataOfTheBrokerIsReadAgain(t *testing.T) {
	s, err := readSettings("web", list(complete(t)))
	if err != nil {
		t.Fatal(err)
	}
	sp, err := s.serviceProvider()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "metadata.xml")
	file := metadataFile{path: path, content: []byte(s.EHerkenningBrokerMetadata)}
	for _, c := range []struct{ content, said, origin string }{
		{pairs()[0].metadata, "", "https://broker.example"},
		{"nonsense", "the one before stays", "https://broker.example"},
		{"nonsense", "", "https://broker.example"},
		{pairs()[1].metadata, "the one before stays", "https://broker.example"}, // another signer
		{pairs()[0].metadata, "read again", "https://broker.example"},
	} {
		if err := os.WriteFile(path, []byte(c.content+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		file.readAgain(context.Background(), sp, logs.New(&log))
		if !strings.Contains(log.String(), c.said) || c.said == "" && log.Len() > 0 || sp.BrokerOrigin() != c.origin {
			t.Errorf("want %q said, got %s", c.said, &log)
		}
	}
}
