package duo

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// lines reads a file line by line, whatever its encoding: UTF-8 when it says so by a byte order mark, else what the
// first line with anything but ASCII turns out to be. So one damaged line does not change how the rest is read.
type lines struct {
	scanner  *bufio.Scanner
	number   int // of the current line, from 1
	encoding encoding
}

type encoding int

const (
	undecided encoding = iota
	utf8Text
	windows1252
)

var byteOrderMark = []byte("\xef\xbb\xbf")

func newLines(r io.Reader) *lines {
	scanner := bufio.NewScanner(&bounded{r, MaxSize})
	scanner.Buffer(make([]byte, 0, 4096), MaxLine)
	return &lines{scanner: scanner}
}

// next reads a line; false at the end of the file or when it cannot be read on, which err tells.
func (l *lines) next() bool {
	l.number++
	return l.scanner.Scan()
}

func (l *lines) err() error {
	if errors.Is(l.scanner.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d is longer than %d bytes: is this a list?", l.number, MaxLine)
	}
	return l.scanner.Err()
}

var errUTF16 = errors.New("the file is in UTF-16: save it as UTF-8")

// text is the current line, decoded.
func (l *lines) text() (string, error) {
	raw := l.scanner.Bytes()
	if l.number == 1 {
		if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
			return "", errUTF16
		}
		if rest, marked := bytes.CutPrefix(raw, byteOrderMark); marked {
			raw, l.encoding = rest, utf8Text
		}
	}
	line, err := l.decode(raw)
	if err != nil {
		return "", err
	}
	if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
		return "", errors.New("holds a control character")
	}
	return line, nil
}

func (l *lines) decode(raw []byte) (string, error) {
	if l.encoding == undecided && bytes.ContainsFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) {
		l.encoding = windows1252
		if utf8.Valid(raw) {
			l.encoding = utf8Text
		}
	}
	if l.encoding == windows1252 {
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(raw)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return "", errors.New("holds a byte that is no letter in Windows-1252, the encoding of the lines before")
		}
		return string(decoded), nil
	}
	if !utf8.Valid(raw) {
		return "", errors.New("is not in UTF-8, the encoding of the lines before")
	}
	return string(raw), nil
}

// bounded fails when more than left bytes come.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("the file is larger than %d MiB: is this a list?", MaxSize>>20)
	}
	return n, err
}
