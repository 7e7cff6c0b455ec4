// Package health watches the parts that a process depends on. It answers /healthz and /readyz and writes a line in the
// log when a part goes away and when it comes back, not one per failure.
//
// It does not know the parts: whoever wires the process says how each is asked.
package health

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	probeEvery   = 5 * time.Second // while the process runs
	probeTimeout = 2 * time.Second // of one question to a part
)

// Part is something a process depends on.
type Part struct {
	Name     string
	Probe    func(context.Context) error // nil: known only by what Saw is told
	Every    time.Duration               // an answer holds for so long; 0: it is asked each time
	Optional bool                        // away, it leaves the process ready
}

// Watch knows how the parts of a process are. It may be used by many goroutines at once.
type Watch struct {
	log   *slog.Logger
	parts []*watched
}

// watched is a part and what was last seen of it.
type watched struct {
	Part

	mu      sync.Mutex
	state   state
	askedAt time.Time
	since   time.Time // when it went away
}

type state string

const (
	unknown state = "not asked yet"
	ok      state = "ok"
	away    state = "away"
)

// New watches parts, in the order in which /readyz names them.
func New(log *slog.Logger, parts ...Part) *Watch {
	w := &Watch{log: log}
	for _, part := range parts {
		w.parts = append(w.parts, &watched{Part: part, state: unknown})
	}
	return w
}

// Run asks the parts again and again until ctx ends, so that the log tells what nobody ran into yet.
func (w *Watch) Run(ctx context.Context) {
	for {
		w.ask(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(probeEvery):
		}
	}
}

// Saw tells how the part of that name was found when it was used: err is nil or why it is away.
func (w *Watch) Saw(name string, err error) {
	for _, part := range w.parts {
		if part.Name == name {
			w.note(part, err)
		}
	}
}

// ask asks all parts at once and tells whether those are there that the process cannot do without.
func (w *Watch) ask(ctx context.Context) (ready bool) {
	var all sync.WaitGroup
	for _, part := range w.parts {
		if part.due() {
			all.Go(func() { w.askPart(ctx, part) })
		}
	}
	all.Wait()
	ready = true
	for _, part := range w.parts {
		ready = ready && (part.Optional || part.current() == ok)
	}
	return ready
}

func (w *Watch) askPart(ctx context.Context, part *watched) {
	patience, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	answer := make(chan error, 1)
	go func() { answer <- part.Probe(patience) }() // some take longer to notice that nobody waits any more
	var err error
	select {
	case err = <-answer:
	case <-patience.Done():
		err = errors.New("no answer within " + probeTimeout.String())
	}
	if ctx.Err() == nil { // else it is this process that goes
		w.note(part, err)
	}
}

func (w *Watch) note(part *watched, err error) {
	part.mu.Lock()
	defer part.mu.Unlock()
	before := part.state
	part.state, part.askedAt = ok, time.Now()
	if err != nil {
		part.state = away
	}
	switch {
	case part.state == away && before != away:
		part.since = part.askedAt
		w.log.Warn(part.Name+" away", "part", part.Name, "cause", err)
	case part.state == ok && before == away:
		w.log.Warn(part.Name+" back", "part", part.Name, "after", part.askedAt.Sub(part.since).Round(time.Second).String())
	}
}

// Up tells of each part whether it answered when it was last asked; one that was not asked yet is left out.
func (w *Watch) Up() map[string]bool {
	up := make(map[string]bool)
	for _, part := range w.parts {
		if state := part.current(); state != unknown {
			up[part.Name] = state == ok
		}
	}
	return up
}

func (p *watched) current() state {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// due tells whether the part has to be asked.
func (p *watched) due() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Probe != nil && (p.state == unknown || time.Since(p.askedAt) >= p.Every)
}
