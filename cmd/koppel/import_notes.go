package main

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// notes tells how far an import is: on a terminal on one line that is written over, elsewhere on a line now and then.
type notes struct {
	mutex    sync.Mutex
	out      io.Writer
	terminal bool
}

func newNotes(out io.Writer) *notes {
	n := &notes{out: out}
	if file, is := out.(*os.File); is {
		info, err := file.Stat()
		n.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return n
}

// Lines between two notes that are not on a terminal.
const (
	noteEvery         = 5000 // read or written: they take a second or so
	noteEveryPassword = 50   // hashed: some four seconds
)

// progress is one thing that is counted.
type progress struct {
	notes       *notes
	kind, verb  string
	total       int // 0 when nobody knows
	done, every int
}

func (n *notes) counting(kind, verb string, total int) *progress {
	return &progress{notes: n, kind: kind, verb: verb, total: total, every: noteEvery}
}

// add counts so many more.
func (p *progress) add(more int) {
	p.notes.mutex.Lock()
	defer p.notes.mutex.Unlock()
	before := p.done
	p.done += more
	if last := p.done == p.total; last || p.notes.terminal || before/p.every < p.done/p.every {
		p.say(last)
	}
}

func (p *progress) say(last bool) {
	text := fmt.Sprintf("%s: %d %s", p.kind, p.done, p.verb)
	if p.total > 0 {
		text = fmt.Sprintf("%s: %d of %d %s", p.kind, p.done, p.total, p.verb)
	}
	if !p.notes.terminal {
		fmt.Fprintln(p.notes.out, text)
		return
	}
	const clear = "\r\x1b[K"
	fmt.Fprint(p.notes.out, clear+text)
	if last {
		fmt.Fprintln(p.notes.out)
	}
}

// reading counts the lines that are read from in.
func (n *notes) reading(kind string, in io.Reader) io.Reader {
	return &lineCounter{in: in, progress: n.counting(kind, "lines read", 0)}
}

type lineCounter struct {
	in       io.Reader
	progress *progress
	ended    bool
}

// Read implements io.Reader.
func (l *lineCounter) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	lines := 0
	for _, b := range p[:n] {
		if b == '\n' {
			lines++
		}
	}
	l.progress.add(lines)
	if err == io.EOF && !l.ended && l.progress.notes.terminal {
		l.ended = true
		fmt.Fprintln(l.progress.notes.out)
	}
	return n, err
}
