package workflows

import (
	"time"

	"go.temporal.io/sdk/activity"

	"koppel/activities"
	"koppel/onboarding"
)

// forever is later than any scene looks. A database activity that fails so long would be given up by the test
// environment; it stays under way instead.
const forever = 1000 * time.Hour

func underWay() (activities.Completed, error) {
	return activities.Completed{}, activity.ErrResultPending
}

func (w *linkingWalk) slow(step onboarding.Step) {
	w.complete, w.noticeHeld = underWay, forever
	if step == onboarding.Notifying {
		w.complete = func() (activities.Completed, error) { return linkDone, nil }
	}
}

var linkDone = activities.Completed{Outcome: onboarding.Accepted,
	Mails: []activities.MailJob{{Case: "case", Kind: onboarding.LinkedMail, Number: 1}}}

func (w *additionWalk) slow(step onboarding.Step) {
	w.noticeHeld = forever
	if step == onboarding.Completing {
		w.complete = underWay
	}
}

func (w *changeWalk) slow(step onboarding.Step) {
	w.held.noticeHeld = forever
	if step == onboarding.Completing {
		w.changed = underWay
	}
}

func (w *unlinkingWalk) slow(onboarding.Step) { w.mailsHeld = forever }

func (w *walkedReset) slow(step onboarding.Step) {
	if step != onboarding.Finding {
		return // its mails are away already
	}
	w.find = func() (activities.Checked, error) { return activities.Checked{}, activity.ErrResultPending }
	w.update(time.Second, "asked", RequestReset)
}
