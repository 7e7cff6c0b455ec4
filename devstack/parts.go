package devstack

import (
	"context"
	"errors"
)

// Part is something that can break down by itself: Kill ends it as a crash would, Start starts it again on the same
// address and data and returns when it works.
type Part struct {
	Name  string
	Kill  func() error
	Start func(context.Context) error
}

// Parts lists what can break down, in the order of start. Postgres and Temporal are among them when they are the
// stack's own processes.
func (s *Stack) Parts() []Part {
	var parts []Part
	if s.Postgres != nil {
		parts = append(parts, Part{"postgres", s.Postgres.Kill,
			func(context.Context) error { return s.Postgres.Restart() }})
	}
	if s.Temporal.Program != nil {
		parts = append(parts, s.Temporal.Program.part("temporal"))
	}
	return append(parts,
		Part{"smtp", s.Mailbox.StopSMTP, func(context.Context) error { return s.Mailbox.StartSMTP() }},
		Part{"broker", s.Broker.Stop, func(context.Context) error { return s.Broker.Start() }},
		s.Web.part("web"), s.Worker.part("worker"))
}

func (p *Program) part(name string) Part {
	return Part{name, func() error { p.Kill(); return nil }, p.Start}
}

// Part finds a part by its name.
func (s *Stack) Part(name string) (Part, error) {
	for _, part := range s.Parts() {
		if part.Name == name {
			return part, nil
		}
	}
	return Part{}, errors.New("the stack has no part " + name)
}
