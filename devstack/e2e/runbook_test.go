package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"koppel/devstack"
)

// runElsewhere are commands of the page that other tests run: they do not end, take a report on their standard input, or
// want the keys of a worker.
var runElsewhere = map[string]string{
	"settings worker": "cmd/koppel",
	"web":             "every stack", "worker": "every stack", "bounce": "TestMailThatComesBackLeadsToAnotherAddress",
}

// filesOf are what FILE stands for, by the command before it.
var filesOf = map[string]string{
	"import boards": "besturen.csv", "import schools": "scholen.csv", "import accounts": "accounts.csv",
	"import representatives": "gemachtigden.csv", "import contacts": "contactpersonen.csv",
}

// operatorsPage has the commands of docs/operators.md typed.
type operatorsPage struct {
	*testing.T
	stack *devstack.Stack
	dir   string
	token string
}

// added is what a command of the page needs beside its words: it stands in running text, a year has not passed since the
// other keys, or the cases of this stack have contacts of their own.
var added = map[string][]string{
	"ops retry-now": because, "ops hold-mail": because, "ops hold-mail --rate 2": because, "ops release-mail": because,
	"keys add DIR": {"--id", nextKeys}, "import contacts FILE": {"--allow-removals", "9"},
}

var because = []string{"--reason", "mended", "--ticket", "INC-20261"}

const nextKeys = "2027-11-23"

// everyCommandOfTheOperatorsPageRuns types them in the order of the page, with what its capitals stand for.
func everyCommandOfTheOperatorsPageRuns(t *testing.T, stack *devstack.Stack) {
	text, err := os.ReadFile("../../docs/operators.md")
	if err != nil {
		t.Fatal(err)
	}
	page := operatorsPage{T: t, stack: stack, dir: t.TempDir(), token: operatorOf(t, stack).token}
	ran := map[string]bool{}
	for _, found := range regexp.MustCompile("`koppel ([^`]+)`|(?m:^    koppel ([^#\n]+))").FindAllStringSubmatch(string(text), -1) {
		command := strings.Join(strings.Fields(found[1]+found[2]), " ")
		if _, elsewhere := runElsewhere[command]; !elsewhere && !ran[command] {
			page.run(command)
			ran[command] = true
		}
	}
	t.Logf("%d commands", len(ran))
}

func (p *operatorsPage) run(command string) {
	p.Helper()
	arguments := append(p.filledIn(command), added[command]...)
	printed, err := p.stack.RunAs(p.Context(), p.token, arguments...)
	if err != nil || printed == "" {
		p.Errorf("koppel %s: %v\n%s", command, err, printed)
	}
}

// filledIn are the words of a command, with what those in capitals and those of a release stand for here.
func (p *operatorsPage) filledIn(command string) (words []string) {
	file := p.setting("KOPPEL_EHERKENNING_BROKER_METADATA_FILE")
	if sample := filesOf[strings.TrimSuffix(command, " FILE")]; sample != "" {
		file = filepath.Join("../sample", sample)
	}
	if command == "import closures FILE" {
		file = filepath.Join(p.dir, "opheffingen.csv")
		if err := os.WriteFile(file, []byte("INSTELLINGSCODE;OPGEHEVEN PER;OPGEGAAN IN\n14JT;1-8-2031;03AB\n"), 0o600); err != nil {
			p.Fatal(err)
		}
	}
	stand := map[string]string{"FILE": file, "DIR": filepath.Join(p.dir, "keys"), "ID": nextKeys, "v1.4.0": "second", "v1.3.0": "first",
		"SIGNERS": p.setting("KOPPEL_EHERKENNING_METADATA_SIGNERS_FILE")}
	for _, word := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(command, -1) {
		if other, found := stand[word]; found {
			word = other
		}
		words = append(words, strings.Trim(word, "'"))
	}
	return words
}

func (p *operatorsPage) setting(name string) string {
	for _, setting := range p.stack.SettingsOf("") {
		if value, found := strings.CutPrefix(setting, name+"="); found {
			return value
		}
	}
	p.Fatalf("no setting %s", name)
	return ""
}
