package health

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pretend is a part that is away when err is set.
type pretend struct {
	mu    sync.Mutex
	err   error
	asked int
}

func (p *pretend) probe(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return p.err
}

func (p *pretend) set(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

func read(t *testing.T, w *Watch, path string, status int) string {
	t.Helper()
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	if answer.Code != status {
		t.Errorf("%s: status %d, want %d", path, answer.Code, status)
	}
	return answer.Body.String()
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestReadinessNamesThePartThatIsAway(t *testing.T) {
	var database, temporal pretend
	w := New(slog.New(slog.DiscardHandler), Part{Name: "database", Probe: database.probe},
		Part{Name: "temporal", Probe: temporal.probe}, Part{Name: "broker", Optional: true})
	expect(t, "all there", read(t, w, ReadyPath, 200), "database: ok\ntemporal: ok\nbroker: not asked yet\n")
	temporal.err = errors.New("refused")
	w.Saw("broker", errors.New("refused"))
	expect(t, "two away", read(t, w, ReadyPath, 503), "database: ok\ntemporal: away\nbroker: away\n")
	expect(t, "the process", read(t, w, LivePath, 200), "ok\n")
	temporal.err = nil
	expect(t, "a part that is not needed away", read(t, w, ReadyPath, 200), "database: ok\ntemporal: ok\nbroker: away\n")
	w.Saw("broker", nil)
	expect(t, "all back", read(t, w, ReadyPath, 200), "database: ok\ntemporal: ok\nbroker: ok\n")
	read(t, w, "/elsewhere", 404)
}

func TestTheLogTellsOfEachChangeOnce(t *testing.T) {
	var log strings.Builder
	handler := slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	synctest.Test(t, func(t *testing.T) {
		var database pretend
		w := New(slog.New(handler), Part{Name: "database", Probe: database.probe})
		ctx, cancel := context.WithCancel(t.Context())
		go w.Run(ctx)
		for _, err := range []error{nil, errors.New("refused"), errors.New("reset"), nil, nil} {
			database.set(err)
			time.Sleep(probeEvery)
			synctest.Wait()
			w.Saw("database", err)
		}
		database.set(errors.New("canceled"))
		cancel()
	})
	expect(t, "log", log.String(), "level=WARN msg=\"database away\" part=database cause=refused\n"+
		"level=WARN msg=\"database back\" part=database after=10s\n")
}

func TestAPartIsAskedNoMoreOftenThanItLikes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var smtp pretend
		w := New(slog.New(slog.DiscardHandler), Part{Name: "smtp", Probe: smtp.probe, Every: time.Minute})
		for range 10 {
			read(t, w, ReadyPath, 200)
		}
		if smtp.asked != 1 {
			t.Errorf("asked %d times within a minute, want once", smtp.asked)
		}
		time.Sleep(time.Minute)
		read(t, w, ReadyPath, 200)
		if smtp.asked != 2 {
			t.Errorf("asked %d times in more than a minute, want twice", smtp.asked)
		}
	})
}

func TestAPartThatDoesNotAnswerIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		w := New(slog.New(slog.DiscardHandler), Part{Name: "database", Probe: func(context.Context) error { <-end; return nil }})
		expect(t, "a silent part", read(t, w, ReadyPath, 503), "database: away\n")
		close(end)
	})
}
