package onboarding

import "time"

// RegisterChange is what became of an institution that people work for.
type RegisterChange string

const (
	Merged RegisterChange = "merged" // closed and taken over: its people act for the successor
	Ended  RegisterChange = "closed" // closed without a successor: nobody acts for it any more
	Moved  RegisterChange = "moved"  // a school that has got another board
)

// RegisterNoticeShown is how long the start page tells of a change.
const RegisterNoticeShown = 60 * 24 * time.Hour

// RemovalShare is the part of a register (one in so many) that may vanish in an import without being asked for: more
// looks like a file that was cut off.
const RemovalShare = 10
