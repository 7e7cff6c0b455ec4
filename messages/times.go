package messages

import (
	"strconv"
	"time"
	_ "time/tzdata" // the program also runs where the system has no time zones
)

var amsterdam = mustLoad("Europe/Amsterdam")

func mustLoad(name string) *time.Location {
	location, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return location
}

// Time is the clock time in Amsterdam: 14.35 in Dutch (the sentence adds "uur"), 14:35 in English.
func Time(lang Language, t time.Time) string {
	if lang == English {
		return t.In(amsterdam).Format("15:04")
	}
	return t.In(amsterdam).Format("15.04")
}

var months = [...]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
	"oktober", "november", "december"}

// Date is the day in Amsterdam: 21 april 2022 in Dutch, 21 April 2022 in English.
func Date(lang Language, t time.Time) string {
	local := t.In(amsterdam)
	if lang == English {
		return local.Format("2 January 2006")
	}
	return strconv.Itoa(local.Day()) + " " + months[local.Month()-1] + " " + strconv.Itoa(local.Year())
}
