package eherkenning

import (
	"crypto/x509"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

var update = flag.Bool("update", false, "write what came out to testdata")

var publication = Publication{
	ID: "_published", IssuedAt: start,
	OrganisationName: "Helpdesk PO", OrganisationURL: "https://helpdesk.example",
	ContactEmail: "beheer@helpdesk.example", ContactPhone: "070 000 00 00",
	ServiceName: "Mijn Helpdesk po", ServiceDescription: "Vragen van scholen en besturen aan de helpdesk",
	ServiceURL: "https://koppel.example", PrivacyURL: "https://koppel.example/privacy",
	ServiceInstance: "7c6f1f3e-2a51-4d0b-9a57-0f6c6d1b2e30", OIN: "00000001999999990000", BrokerOIN: "00000003777777770000",
}

// varying is what differs with the keys, which are made anew for each run.
var varying = regexp.MustCompile(`(<ds:(?:DigestValue|SignatureValue|KeyName|X509Certificate)>)[^<]+`)

func TestWhatIsPublished(t *testing.T) {
	w := newWorld(t)
	for name, write := range map[string]func(Settings, Publication) ([]byte, error){
		"metadata.xml": Metadata, "service-catalogue.xml": ServiceCatalogue,
	} {
		t.Run(name, func(t *testing.T) {
			document, err := write(w.sp.settings, publication)
			if err != nil {
				t.Fatal(err)
			}
			wantSignedByUs(t, document)
			wantGolden(t, name, readable(t, document))
		})
	}
}

// wantSignedByUs checks a published document as we would the broker's.
func wantSignedByUs(t *testing.T, document []byte) {
	t.Helper()
	ours := keys()["provider"].Certificate
	root := parse(t, string(document))
	if err := checkSignatureForm(root, comesFirst); err != nil {
		t.Error(err)
	}
	if shown := find(t, root, "./Signature/KeyInfo").ChildElements(); len(shown) != 1 || shown[0].Tag != "X509Data" {
		t.Errorf("KeyInfo shows %d things, want the certificate only", len(shown))
	}
	if _, err := verifySignature(root, []*x509.Certificate{ours}, start); err != nil {
		t.Error(err)
	}
}

// readable indents a document and takes out what differs with the keys.
func readable(t *testing.T, document []byte) string {
	t.Helper()
	read := etree.NewDocument()
	if err := read.ReadFromBytes(document); err != nil {
		t.Fatal(err)
	}
	read.Indent(2)
	text, err := read.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return varying.ReplaceAllString(text, "${1}…")
}

// wantGolden compares with a file of testdata.
func wantGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("not what %s has (%v); go test ./eherkenning -update writes it anew:\n%s", path, err, got)
	}
}

// TestNothingForbiddenIsPublished: brokers reject a file that asks for identifiers or holds what the scheme leaves out.
func TestNothingForbiddenIsPublished(t *testing.T) {
	document, err := Metadata(newWorld(t).sp.settings, publication)
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{"NameIDFormat", "validUntil", "cacheDuration", "KvKnr", "RSIN", "Pseudo", "BSN", "PRIVATE"} {
		if strings.Contains(string(document), forbidden) {
			t.Errorf("metadata holds %s", forbidden)
		}
	}
}
