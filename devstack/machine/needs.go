package machine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"koppel/store/storetest"
)

// Need is a program that must be installed.
type Need struct {
	Name    string
	Why     string
	Package string // on Debian
	Others  string // how to get it elsewhere
	Found   func() bool
}

// Postgres is needed by the demo and the tests.
var Postgres = Need{
	Name: "PostgreSQL", Why: "the database", Package: "postgresql", Others: "macOS: brew install postgresql",
	Found: storetest.Installed,
}

// Compiler is needed by the race detector of the tests.
var Compiler = Need{
	Name: "a C compiler", Why: "the race detector", Package: "gcc libc6-dev", Others: "macOS: xcode-select --install",
	Found: func() bool { return look("gcc", "clang", "cc") != "" },
}

// Browser is needed by the browser journeys of the tests.
var Browser = Need{
	Name: "Chromium", Why: "the browser journeys", Package: "chromium", Others: "or install Google Chrome",
	Found: func() bool { return BrowserPath() != "" },
}

// Promtool is needed by the tests of package alerts.
var Promtool = Need{
	Name: "promtool", Why: "the alert rules", Package: "prometheus", Others: "it comes with Prometheus",
	Found: func() bool { return look("promtool") != "" },
}

// XMLTools are needed by the tests of package foreign.
var XMLTools = []Need{
	{Name: "xmlsec1", Why: "messages of another maker", Package: "xmlsec1", Others: "macOS: brew install libxmlsec1",
		Found: func() bool { return look("xmlsec1") != "" }},
	{Name: "xmllint", Why: "the schemas of SAML", Package: "libxml2-utils", Others: "macOS: has it",
		Found: func() bool { return look("xmllint") != "" }},
	{Name: "the schemas of SAML", Why: "the form of our messages", Package: "opensaml-schemas xmltooling-schemas",
		Others: "elsewhere: the same files in the same folders", Found: func() bool {
			return exists("/usr/share/xml/opensaml/saml-schema-protocol-2.0.xsd") && exists("/usr/share/xml/xmltooling/xenc-schema.xsd")
		}},
}

// BrowserPath is the browser to run journeys in, "" when none is installed.
func BrowserPath() string {
	return look("chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func look(names ...string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Meet installs what is missing when this process may do so, and names it otherwise, all of it at once.
func Meet(progress io.Writer, needs ...Need) error {
	var missing error
	for _, need := range needs {
		if !need.Found() {
			missing = errors.Join(missing, need.install(progress))
		}
	}
	return missing
}

func (n Need) install(progress io.Writer) error {
	err := fmt.Errorf("%s is missing (for %s): apt-get install %s; %s", n.Name, n.Why, n.Package, n.Others)
	if os.Getuid() != 0 || look("apt-get") == "" {
		return err
	}
	fmt.Fprintf(progress, "%s is missing: installing it with apt-get\n", n.Name)
	if aptErr := storetest.AptInstall(strings.Fields(n.Package)...); aptErr != nil {
		return fmt.Errorf("%w (%w)", err, aptErr)
	}
	if !n.Found() {
		return err
	}
	return nil
}
