package passwords

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// The most common passwords that became known, one a line in lower case, the most common first: the list of
// @zxcvbn-ts/language-common 4.1.3 (MIT).
//
//go:embed known.txt
var knownText string

var known = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.Lines(knownText) {
		set[strings.TrimSuffix(word, "\n")] = true
	}
	return set
})

const (
	contextLeast  = 3 // signs of a word of the context; shorter ones stand in any text
	surprisesMost = 8 // a password with fewer signs that tell anything new is guessed soon
)

// Known tells whether a new password is one that attackers try first: a common one, also dressed up with digits and
// marks around it or typed twice; a row such as 123456; or hardly more than words of its context, which are names of
// what it opens. Case does not matter.
func Known(password string, context ...string) bool {
	folded := once(fold(password))
	rest := without(folded, context)
	return common(folded) || common(rest) || surprises(rest) < surprisesMost
}

func fold(text string) string { return strings.ToLower(normal(text)) }

// common tells whether the list has a password, as it is or without the digits and marks around it.
func common(folded string) bool {
	return known()[folded] || known()[strings.TrimFunc(folded, notLetter)]
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// once is the part that a text repeats from its first to its last sign, or the text itself.
func once(text string) string {
	for size := 1; size <= len(text)/2; size++ {
		if len(text)%size == 0 && strings.Repeat(text[:size], len(text)/size) == text {
			return text[:size]
		}
	}
	return text
}

// without takes the words of the context out of a folded text, the longest first.
func without(folded string, context []string) string {
	var words []string
	for _, name := range context {
		words = append(words, strings.Fields(fold(name))...)
		words = append(words, strings.FieldsFunc(fold(name), notLetter)...)
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, word := range words {
		if utf8.RuneCountInString(word) >= contextLeast {
			folded = strings.ReplaceAll(folded, word, "")
		}
	}
	return folded
}

// surprises counts the signs that are not the one before it, or its neighbour: aaa and 123 have one each.
func surprises(text string) int {
	var count int
	last := rune(-2)
	for _, sign := range text {
		if sign < last-1 || sign > last+1 {
			count++
		}
		last = sign
	}
	return count
}
