package pages

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// widths are those of a school's PC and of a small telephone, in CSS pixels.
var widths = []int64{1280, 360}

const height = 900

// opens is what to click so that a part of the page opens, by state.
var opens = map[string]string{
	"home":       "details.app-menu > summary",
	"link":       "[data-app-password] button",
	"link-empty": "[data-app-password] button",
}

// TestPages looks at every page of the gallery.
func TestPages(t *testing.T) {
	server := serve(t)
	all := photos(t)
	const tabs = 2
	for i := range tabs {
		t.Run(fmt.Sprintf("tab-%d", i), func(t *testing.T) {
			t.Parallel()
			b := newTab(t, server.URL)
			for n := i; n < len(all); n += tabs {
				t.Run(all[n].state+"-"+all[n].language, func(t *testing.T) { b.check(t, all[n]) })
			}
		})
	}
	t.Logf("%d pages", len(all))
}

func (b *tab) check(t *testing.T, p photo) {
	t.Helper()
	b.do(t, chromedp.EmulateViewport(widths[0], height))
	b.open(t, p)
	b.checkFocus(t)
	for _, width := range widths {
		b.do(t, chromedp.EmulateViewport(width, height))
		b.checkAccessible(t, width)
		b.checkFits(t, fmt.Sprintf("at %d px", width))
		b.shoot(t, fmt.Sprintf("%s-%s-%d", p.state, p.language, width))
	}
	if selector := opens[p.state]; selector != "" {
		b.do(t, chromedp.Click(chromedp.CSS(selector)))
		for _, width := range widths {
			b.do(t, chromedp.EmulateViewport(width, height))
			b.checkAccessible(t, width)
			b.checkFits(t, fmt.Sprintf("opened at %d px", width))
			b.shoot(t, fmt.Sprintf("%s-%s-%d-open", p.state, p.language, width))
		}
	}
	b.checkEnlarged(t)
}

// checkFocus: faults are where one is, else one is at the top.
func (b *tab) checkFocus(t *testing.T) {
	t.Helper()
	b.await(t, `document.activeElement === (document.querySelector("#errors") ?? document.body)`)
}

func (b *tab) checkAccessible(t *testing.T, width int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	found, err := script.Findings(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range found {
		t.Errorf("at %d px: %s", width, finding)
	}
}

// beyond are the parts that stick out of the window at its right side.
const beyond = `[...document.querySelectorAll("body *")]
	.filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && getComputedStyle(e).position !== "absolute")
	.map((e) => e.outerHTML.slice(0, 100))`

// small are the things to press that are lower than a thumb (WCAG 2.5.5). Links within a sentence may be.
const small = `[...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
	.filter((e) => e.checkVisibility())
	.map((e) => e.type === "checkbox" || e.type === "radio" ? e.labels[0] : e)
	.filter((e) => { const r = e.getBoundingClientRect(); return r.height > 0 && r.height < 43.5; })
	.filter((e) => getComputedStyle(e).display !== "inline" && !e.classList.contains("nl-skip-link"))
	.map((e) => e.outerHTML.slice(0, 100) + " " + e.getBoundingClientRect().height)`

// checkFits: no scrolling sideways, and nothing too small to hit.
func (b *tab) checkFits(t *testing.T, when string) {
	t.Helper()
	if eval[bool](t, b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
		t.Errorf("%s the page is wider than the window", when)
	}
	for _, part := range eval[[]string](t, b, beyond) {
		t.Errorf("%s sticks out: %s", when, part)
	}
	for _, part := range eval[[]string](t, b, small) {
		t.Errorf("%s lower than 44 px: %s", when, part)
	}
}

// spaced sets text as wide as WCAG 1.4.12 asks that it can be set.
const spaced = `{
	const style = new CSSStyleSheet();
	style.replaceSync("* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; line-height: 1.5 !important } p { margin-block-end: 2em !important }");
	document.adoptedStyleSheets = [style];
}`

// checkEnlarged: text of twice the size, a window of 320 px (a wide one at 400 %) and spaced text lose nothing.
func (b *tab) checkEnlarged(t *testing.T) {
	t.Helper()
	b.do(t, chromedp.EmulateViewport(widths[0], height), chromedp.Evaluate[chromedp.Void](`document.documentElement.style.fontSize = "200%"`))
	b.checkFits(t, "with text of 200 %")
	b.do(t, chromedp.Evaluate[chromedp.Void](`document.documentElement.style.fontSize = ""`),
		chromedp.EmulateViewport(320, height), chromedp.Evaluate[chromedp.Void](spaced))
	b.checkFits(t, "at 320 px with spaced text")
}

// TestFaultsHaveTheFocusWithoutScripts: the page itself puts it there.
func TestFaultsHaveTheFocusWithoutScripts(t *testing.T) {
	t.Parallel()
	b := newTab(t, serve(t).URL)
	b.scripts(t, false)
	for _, state := range []string{"link-empty", "link-wrong", "pin-short", "pin-too-soon", "address-shared"} {
		b.open(t, photo{state, "nl"})
		b.checkFocus(t)
	}
}
