package workflows

import "time"

// How long activities are waited for, and how often they are tried again.
const (
	checkQueued   = 2 * time.Second // more waiting is no use: the page waits 4 seconds
	checkTime     = 10 * time.Second
	checkPause    = 200 * time.Millisecond
	checkAttempts = 3

	databaseTime     = 10 * time.Second
	databasePause    = 500 * time.Millisecond
	databasePauseMax = 30 * time.Second

	mailTime     = 30 * time.Second
	mailPause    = 2 * time.Second
	mailPauseMax = 5 * time.Minute
)
