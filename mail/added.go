package mail

import "koppel/messages"

// Added tells a person which institution was added to the account.
func (ls Letters) Added(language messages.Language, added Link) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m5.subject",
		paragraphs: []string{"m5.1", "m5.2"},
		args:       added.args(language),
	})
}

// AddedByApproval tells a person that an institution was added to the account because somebody has approved it.
func (ls Letters) AddedByApproval(language messages.Language, added Link) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m5.subject",
		paragraphs: []string{"m5.approved", "m5.1", "m5.2"},
		args:       added.args(language),
	})
}

// AddedNotice tells a representative of an institution that a contact person has added it. It does not name the person.
func (ls Letters) AddedNotice(language messages.Language, added Link) Message {
	return ls.message(letter{
		language:   language,
		subject:    "m5.notice.subject",
		paragraphs: []string{"m5.notice.1", "m5.notice.2", "m5.notice.3"},
		args:       added.args(language),
	})
}
