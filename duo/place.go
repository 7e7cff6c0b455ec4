package duo

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// placeName writes a place as people do where the register has it in capitals: 'S-GRAVENHAGE is 's-Gravenhage.
// A name with a small letter in it is taken as it is.
func placeName(name string) string {
	if strings.ContainsFunc(name, unicode.IsLower) {
		return name
	}
	words := strings.Split(name, " ")
	for i, word := range words {
		parts := strings.Split(word, "-")
		for j, part := range parts {
			parts[j] = placePart(strings.ToLower(part), i+j == 0)
		}
		words[i] = strings.Join(parts, "-")
	}
	return strings.Join(words, " ")
}

// small words stay small inside a name.
var small = []string{"a/d", "aan", "bij", "de", "den", "der", "en", "het", "in", "op", "over", "te", "ten", "ter", "van", "voor"}

func placePart(part string, first bool) string {
	switch {
	case strings.HasPrefix(part, "'"): // 't Harde, 's-Gravenhage
		return part
	case !first && slices.Contains(small, part):
		return part
	case strings.HasPrefix(part, "ij"): // one letter in Dutch
		return "IJ" + part[2:]
	}
	letter, size := utf8.DecodeRuneInString(part)
	if size == 0 {
		return part
	}
	return string(unicode.ToUpper(letter)) + part[size:]
}
