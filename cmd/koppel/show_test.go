package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// showSettings runs `koppel settings`.
func showSettings(t *testing.T, environment map[string]string, arguments ...string) (string, error) {
	t.Helper()
	os.Clearenv()
	for name, value := range environment {
		t.Setenv(name, value)
	}
	var out bytes.Buffer
	root := rootCommand(slog.New(slog.DiscardHandler))
	root.SetArgs(append([]string{"settings"}, arguments...))
	root.SetOut(&out)
	err := root.Execute()
	return out.String(), err
}

func TestSettingsAreShownWithTheirOriginAndWithoutSecrets(t *testing.T) {
	environment := complete(t)
	environment["KOPPEL_DATABASE_URL"] = "postgres://koppel:" + secret + "@db.example:5432/koppel?password=" + secret
	environment["KOPPEL_SMTP_USERNAME"], environment["KOPPEL_SMTP_PASSWORD"] = "koppel", secret
	environment["TEMPORAL_API_KEY"] = secret
	environment["KOPPEL_SMPT_ADDRESS"] = "smtp.example.nl:25"
	environment["KOPPEL_PIN_KEYS"] += ",p0:" + strings.TrimPrefix(environment["KOPPEL_PIN_KEYS"], "p1:")
	path := filepath.Join(t.TempDir(), "phone")
	if err := os.WriteFile(path, []byte("0800 1234\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	delete(environment, "KOPPEL_HELPDESK_PHONE")
	environment["KOPPEL_HELPDESK_PHONE_FILE"] = path
	out, err := showSettings(t, environment)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"KOPPEL_DATABASE_URL +postgres://koppel@db.example:5432/koppel +environment",
		"KOPPEL_LISTEN +localhost:8080 +default",
		"KOPPEL_HELPDESK_PHONE +0800 1234 +" + path,
		"KOPPEL_LOOKUP_KEY +set +environment",
		`KOPPEL_PIN_KEYS +key p1 \(active\), p0 +environment`,
		"KOPPEL_HANDOVER_PUBLIC_KEY +key h1 +environment",
		"KOPPEL_SMTP_PASSWORD +set +environment",
		`KOPPEL_EHERKENNING_CERTIFICATE +until \d{4}-\d\d-\d\d +environment`,
		"KOPPEL_EHERKENNING_BROKER_METADATA +set +environment",
		"BUILD_ID +not set *",
		"TEMPORAL_API_KEY +set +environment",
		"KOPPEL_SMPT_ADDRESS +is nothing that koppel knows +environment",
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(out) {
			t.Errorf("no line %s in\n%s", line, out)
		}
	}
	for field := range fieldsOf("") {
		name := field.Tag.Get("env")
		if value := environment[name]; field.Tag.Get("secret") != "" && value != "" && strings.Contains(out, value) {
			t.Errorf("%s is told", name)
		}
	}
	if strings.Contains(out, secret) {
		t.Errorf("a secret is told:\n%s", out)
	}
}

func TestSettingsOfOneCommandWithTheirFaults(t *testing.T) {
	environment := complete(t)
	delete(environment, "KOPPEL_SMTP_ADDRESS")
	environment["KOPPEL_PIN_KEYS"] = secret
	out, err := showSettings(t, environment, "worker")
	if err == nil || strings.Count(err.Error(), "\n") != 2 || strings.Contains(out+err.Error(), secret) {
		t.Errorf("want two faults, got %v", err)
	}
	for _, line := range []string{"KOPPEL_SMTP_ADDRESS +missing *", "KOPPEL_PIN_KEYS +wrong +environment"} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(out) {
			t.Errorf("no line %s in\n%s", line, out)
		}
	}
	if strings.Contains(out, "KOPPEL_EHERKENNING") {
		t.Error("settings of web are shown for worker")
	}
	if _, err := showSettings(t, environment, "nonsense"); err == nil {
		t.Error("a command that is none was accepted")
	}
}
