package workflows

import (
	"time"
	_ "time/tzdata" // the place must be known on every machine, or replays would differ
)

var amsterdam = must(time.LoadLocation("Europe/Amsterdam"))

func must(location *time.Location, err error) *time.Location {
	if err != nil {
		panic(err)
	}
	return location
}
