// Package axe runs axe-core in a tab of a browser. It finds the faults of accessibility that a machine can find; whether
// a page is easy to use is for people to tell.
package axe

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"

	"koppel/devstack/machine"
)

// Script is axe-core as JavaScript.
type Script string

// Load reads axe-core from the packages of web/ui, which it installs if need be. root is the root of the repository.
func Load(root string) (Script, error) {
	ui := filepath.Join(root, "web", "ui")
	if err := machine.NodePackages(ui); err != nil {
		return "", err
	}
	content, err := os.ReadFile(filepath.Join(ui, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("read axe-core: %w", err)
	}
	return Script(content), nil
}

// rules are those of WCAG 2.2 up to AA, the practices that axe recommends, and contrast as AAA asks it.
const rules = `{
	resultTypes: ["violations"],
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
	rules: {"color-contrast-enhanced": {enabled: true}},
}`

const run = `axe.run(document, ` + rules + `).then(({violations}) => violations.flatMap(({id, nodes}) =>
	nodes.map(({html, failureSummary}) => id + ": " + html.slice(0, 200) + ": " + failureSummary.replace(/\s+/g, " "))))`

// Findings are the faults of the page that the tab shows, as it shows it now.
func (s Script) Findings(tab context.Context) ([]string, error) {
	if err := s.load(tab); err != nil {
		return nil, fmt.Errorf("load axe-core: %w", err)
	}
	found, err := chromedp.Run(tab, chromedp.Evaluate[[]string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("run axe-core: %w", err)
	}
	return found, nil
}

// load puts axe-core into the page, once: reading the script takes longer than looking at most pages.
func (s Script) load(tab context.Context) error {
	loaded, err := chromedp.Run(tab, chromedp.Evaluate[bool](`"axe" in window`))
	if err == nil && !loaded {
		_, err = chromedp.Run(tab, chromedp.Evaluate[chromedp.Void](string(s)+"\n;0"))
	}
	return err
}
