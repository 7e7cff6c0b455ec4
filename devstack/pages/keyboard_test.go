package pages

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stops are the parts of a page that a keyboard must reach, in the order in which they stand.
const stops = `window.stops = [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden])")].filter((e) => e.checkVisibility()); stops.length`

// stop tells what is wrong with the focus after so many presses of the Tab key; empty: nothing.
const stop = `((e) => {
	const want = stops[%d];
	if (e !== want) return "the focus is at " + e.outerHTML.slice(0, 100) + ", want " + want.outerHTML.slice(0, 100);
	const {outlineStyle, outlineWidth} = getComputedStyle(e);
	if (outlineStyle === "none" || parseFloat(outlineWidth) < 3) return "no focus is seen (" + outlineWidth + " " + outlineStyle + ", visible " + e.matches(":focus-visible") + ") at " + e.outerHTML.slice(0, 100);
	const r = e.getBoundingClientRect();
	const top = document.elementFromPoint(r.x + r.width / 2, r.y + Math.min(r.height / 2, 20));
	if (!top || !(e.contains(top) || top.contains(e))) return "the focus is covered at " + e.outerHTML.slice(0, 100);
	return "";
})(document.activeElement)`

func TestTabReachesEverythingInTheOrderOfThePage(t *testing.T) {
	t.Parallel()
	b := newTab(t, serve(t).URL)
	for _, state := range []string{"login", "link", "pin", "address", "home"} {
		for _, width := range widths {
			b.do(t, chromedp.EmulateViewport(width, height))
			b.open(t, photo{state, "nl"})
			count := eval[int](t, b, stops)
			for n := range count {
				b.do(t, chromedp.KeyEvent(kb.Tab))
				if wrong := eval[string](t, b, fmt.Sprintf(stop, n)); wrong != "" {
					t.Fatalf("%s at %d px: %s", state, width, wrong)
				}
			}
		}
	}
}

// pressEnter sends the events of a keyboard. Chromium then drops the second where the first moved the focus; what
// chromedp sends of itself would send the form that the focus moved to.
func (b *tab) pressEnter(t *testing.T) {
	t.Helper()
	for _, event := range []input.DispatchKeyEventParams{
		{Type: kb.KeyRawDown, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: '\r', NativeVirtualKeyCode: '\r'},
		{Type: input.DispatchKeyEventTypeChar, Key: "Enter", Code: "Enter", Text: "\r", UnmodifiedText: "\r"},
		{Type: kb.KeyUp, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: '\r', NativeVirtualKeyCode: '\r'},
	} {
		if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, event); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinkInTheSummaryLeadsToTheField(t *testing.T) {
	t.Parallel()
	b := newTab(t, serve(t).URL)
	b.open(t, photo{"link-empty", "nl"})
	b.checkFocus(t)
	b.do(t, chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab))
	b.pressEnter(t)
	b.await(t, `document.activeElement.id === "username"`)
}

// TestEnterSendsTheFormOfTheField: other forms and the language switch stand on the same page.
func TestEnterSendsTheFormOfTheField(t *testing.T) {
	t.Parallel()
	b := newTab(t, serve(t).URL)
	for state, field := range map[string]string{"link-empty": "#email", "pin-wrong": "#pin", "address-empty": "#email"} {
		b.open(t, photo{state, "nl"})
		b.do(t, chromedp.Evaluate[chromedp.Void](`addEventListener("submit", (e) => {
			e.preventDefault();
			window.sent = e.target.querySelector("input:not([type=hidden])")?.id + " by " + e.submitter.className;
		})`), chromedp.SendKeys(chromedp.CSS(field), kb.Enter))
		if got, want := eval[string](t, b, `window.sent`), field[1:]+" by nl-button nl-button--primary"; got != want {
			t.Errorf("%s: Enter sends %q, want %q", state, got, want)
		}
	}
}
