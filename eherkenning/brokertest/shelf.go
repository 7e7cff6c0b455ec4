package brokertest

import (
	"sync"
	"time"
)

// shelf keeps values by key for a limited time. It is safe for concurrent use.
type shelf[T any] struct {
	life time.Duration
	now  func() time.Time

	mu    sync.Mutex
	items map[string]shelved[T]
}

type shelved[T any] struct {
	value T
	until time.Time
}

func newShelf[T any](life time.Duration, now func() time.Time) *shelf[T] {
	return &shelf[T]{life: life, now: now, items: map[string]shelved[T]{}}
}

// put keeps value for one life from now, and throws out what has ended.
func (s *shelf[T]) put(key string, value T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for old, item := range s.items {
		if !now.Before(item.until) {
			delete(s.items, old)
		}
	}
	s.items[key] = shelved[T]{value: value, until: now.Add(s.life)}
}

func (s *shelf[T]) get(key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, found := s.items[key]
	return item.value, found && s.now().Before(item.until)
}

// take is get, and forgets: of two callers only one has it.
func (s *shelf[T]) take(key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, found := s.items[key]
	delete(s.items, key)
	return item.value, found && s.now().Before(item.until)
}
