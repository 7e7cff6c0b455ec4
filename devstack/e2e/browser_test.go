package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"koppel/devstack/chromium"
)

// patience is how long a page may take on a busy machine.
const patience = 30 * time.Second

// screen is a size of window, in CSS pixels.
type screen struct{ width, height int64 }

var (
	wide   = screen{1280, 900}
	narrow = screen{360, 740}
)

// scripts tells whether pages may run scripts. Nothing needs them.
type scripts bool

// browser is a fresh Chromium with one tab. It fails the test when a page complains or leaves this machine.
type browser struct {
	t       *testing.T
	ctx     context.Context
	scripts scripts
	shots   int

	mu         sync.Mutex
	complaints []string
}

func newBrowser(t *testing.T, size screen, allowed scripts) *browser {
	t.Helper()
	ctx, stop := chromium.Open(t.TempDir())
	b := &browser{t: t, ctx: ctx, scripts: allowed}
	t.Cleanup(func() {
		if t.Failed() {
			b.shoot("failed")
		}
		stop()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, complaint := range b.complaints {
			t.Error("the browser complains: " + complaint)
		}
	})
	if err := b.start(size, allowed); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return b
}

// start has no time limit: the browser lives as long as the context of the first call.
func (b *browser) start(size screen, allowed scripts) error {
	if err := chromedp.Listen(b.ctx, b.listen); err != nil {
		return err
	}
	if _, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	if _, err := chromedp.Call(b.ctx, log.Enable, cdp.Empty{}); err != nil {
		return err
	}
	disabled := emulation.SetScriptExecutionDisabledParams{Value: !bool(allowed)}
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, disabled); err != nil {
		return err
	}
	var emulate []chromedp.EmulateViewportOption
	if size == narrow {
		emulate = append(emulate, chromedp.EmulateMobile)
	}
	return chromedp.Do(b.ctx, chromedp.EmulateViewport(size.width, size.height, emulate...))
}

// listen collects what a developer would see in red: errors of scripts, blocked content, answers from 500 on.
func (b *browser) listen(event any) {
	complaint := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		complaint = e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		// The browser also reports answers such as 422 here, which are pages like any other.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			complaint = e.Entry.Text
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 500 {
			complaint = fmt.Sprintf("%s answers %d", e.Response.URL, e.Response.Status)
		}
	case *network.EventRequestWillBeSent:
		if address, err := url.Parse(e.Request.URL); err == nil && !local(address) {
			complaint = "a page asks for " + e.Request.URL
		}
	}
	if complaint != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.complaints = append(b.complaints, complaint)
	}
}

func local(address *url.URL) bool {
	host := address.Hostname()
	return host == "localhost" || host == "127.0.0.1" || address.Scheme == "data" || address.Scheme == "about"
}

// run performs actions and fails the test with what it wanted when they take too long.
func (b *browser) run(want string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v\n%s", want, err, b.page())
	}
}

// eval evaluates an expression on the page.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

// page is the address and the visible text of the page, for messages.
func (b *browser) page() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return "The page cannot be read: " + err.Error()
	}
	return "The page was " + text
}

// open goes to an address.
func (b *browser) open(address string) {
	b.t.Helper()
	b.run("open "+address, chromedp.Navigate(address))
}

// fill types into fields by their names.
func (b *browser) fill(fields map[string]string) {
	b.t.Helper()
	for name, value := range fields {
		selector := chromedp.CSS(fmt.Sprintf(`[name=%q]:not([type=hidden])`, name))
		b.run("fill "+name, chromedp.WaitVisible(selector), chromedp.Clear(selector), chromedp.SendKeys(selector, value))
	}
}

// press clicks an element.
func (b *browser) press(selector string) {
	b.t.Helper()
	button := chromedp.CSS(selector)
	b.run("press "+selector, chromedp.WaitVisible(button), chromedp.Click(button))
}

// await waits until the page has a visible element.
func (b *browser) await(selector string) {
	b.t.Helper()
	b.run("wait for "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

// awaitPath waits until a page with that path has been loaded.
func (b *browser) awaitPath(path string) {
	b.t.Helper()
	b.awaitTrue("the page "+path, fmt.Sprintf(`location.pathname === %q`, path))
}

// awaitText waits until a page with that text has been loaded.
func (b *browser) awaitText(text string) {
	b.t.Helper()
	b.awaitTrue("the text "+text, fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
}

// awaitTrue waits until an expression holds on a page that has been loaded.
func (b *browser) awaitTrue(what, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		// While pages change there may be none to ask.
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && `+expression))
		if holds {
			return
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("wait for %s: %v\n%s", what, err, b.page())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// shows fails the test unless the page shows each of the texts.
func (b *browser) shows(texts ...string) {
	b.t.Helper()
	page := eval[string](b, `document.body.innerText`)
	for _, text := range texts {
		if !strings.Contains(page, text) {
			b.t.Errorf("the page does not show %q:\n%s", text, page)
		}
	}
}

// look checks what every page must be and takes a picture of it for people. Pages of the pretend world need not be
// accessible.
func (b *browser) look(name string) {
	b.t.Helper()
	if eval[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
		b.t.Errorf("page %s is wider than the window", name)
	}
	if bool(b.scripts) && eval[bool](b, `document.querySelector(".app-wordmark") !== null`) {
		b.accessible(name)
	}
	b.shoot(name)
}

func (b *browser) accessible(name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	found, err := accessibility.Findings(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, finding := range found {
		b.t.Errorf("page %s: %s", name, finding)
	}
}

// shoot writes a picture of the whole page into the folder KOPPEL_SCREENSHOTS, if that is set.
func (b *browser) shoot(name string) {
	dir := os.Getenv("KOPPEL_SCREENSHOTS")
	if dir == "" {
		return
	}
	b.shots++
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Logf("picture of %s: %v", name, err)
		return
	}
	file := fmt.Sprintf("%s-%02d-%s.png", strings.ReplaceAll(b.t.Name(), "/", "-"), b.shots, name)
	if err := os.WriteFile(filepath.Join(dir, file), picture, 0o644); err != nil {
		b.t.Error(err)
	}
}
