package mail

import "koppel/messages"

// OwnerNotice tells the address that the old account had that the account is linked now. It does not name the
// address of the person who linked it: the reader may be somebody else.
func (ls Letters) OwnerNotice(language messages.Language, link Link) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m8.subject",
		paragraphs: []string{"m8.1", "m8.2", "m8.3"},
		args:       link.args(language),
	})
}
