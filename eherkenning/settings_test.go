package eherkenning

import (
	"strings"
	"testing"
)

func TestSettingsNameWhatIsMissing(t *testing.T) {
	_, err := New(Settings{})
	for _, name := range []string{"EntityID", "ServiceID", "ServiceUUID", "ACSURL", "Signing", "Decryption", "BrokerMetadata", "MetadataSigners"} {
		if err == nil || !strings.Contains(err.Error(), "setting "+name+" is missing") {
			t.Errorf("%s is not named in %v", name, err)
		}
	}
}

func TestSettingsThatDoNotFit(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name   string
		change func(*Settings)
		want   string
	}{
		{"relative ACS URL", func(s *Settings) { s.ACSURL = "/acs" }, "ACSURL"},
		{"certificate of another key", func(s *Settings) { s.Signing.Certificate = keys()["stranger"].Certificate }, "setting Signing: certificate"},
		{"metadata without XML", func(s *Settings) { s.BrokerMetadata = []byte("x") }, "broker metadata"},
	} {
		settings := w.sp.settings
		test.change(&settings)
		if _, err := New(settings); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", test.name, err, test.want)
		}
	}
}

func TestBrokerOrigin(t *testing.T) {
	w := newWorld(t)
	if got := w.sp.BrokerOrigin(); got != w.base {
		t.Errorf("got %q, want %q", got, w.base)
	}
}
