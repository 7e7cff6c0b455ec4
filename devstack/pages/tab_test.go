package pages

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"koppel/devstack/chromium"
)

// patience is how long one step may take on a busy machine.
const patience = 30 * time.Second

// tab is a Chromium that shows pages of the gallery, one after the other.
type tab struct {
	ctx     context.Context
	address string // of the gallery
}

func newTab(t *testing.T, address string) *tab {
	t.Helper()
	ctx, stop := chromium.Open(t.TempDir())
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil { // without a time limit: the browser lives as long as this context
		t.Fatal(err)
	}
	return &tab{ctx, address}
}

func (b *tab) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, b *tab, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

// await waits until something holds: the browser moves the focus only with the next picture that it draws.
func (b *tab) await(t *testing.T, condition string) {
	t.Helper()
	for end := time.Now().Add(patience); !eval[bool](t, b, condition); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come to hold; the focus is at %.200s", condition, eval[string](t, b, `document.activeElement.outerHTML`))
		}
	}
}

func (b *tab) open(t *testing.T, p photo) {
	t.Helper()
	b.do(t, chromedp.Navigate(b.address+p.path()))
}

// scripts allows pages to run scripts, or not, from the next page on.
func (b *tab) scripts(t *testing.T, allowed bool) {
	t.Helper()
	disabled := emulation.SetScriptExecutionDisabledParams{Value: !allowed}
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, disabled); err != nil {
		t.Fatal(err)
	}
}

// shoot writes a picture of the whole page into the folder KOPPEL_SCREENSHOTS, if that is set.
func (b *tab) shoot(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("KOPPEL_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
