// Package chromium starts the browser that looks at koppel's pages. What is looked at is decided elsewhere.
package chromium

import (
	"context"
	"os"

	"github.com/chromedp/chromedp"

	"koppel/devstack/machine"
)

// Open prepares a Chromium with one tab that reaches nothing but this machine. It starts when the context is first
// used and lives until stop is called. profile is an empty folder.
func Open(profile string) (tab context.Context, stop func()) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(machine.BrowserPath()),
		chromedp.UserDataDir(profile),
		chromedp.DisableGPU,
		chromedp.Flag("no-sandbox", os.Getuid() == 0), // Chromium refuses to run as root with it
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	tab, stopTab := chromedp.NewContext(allocator)
	return tab, func() {
		stopTab()
		stopAllocator()
	}
}
