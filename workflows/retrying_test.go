package workflows

import (
	"context"
	"testing"
	"time"

	"koppel/activities"
	"koppel/onboarding"
)

// retryAllowed knows every operator.
func retryAllowed(context.Context, activities.Help) (activities.Checked, error) {
	return activities.Checked{Verdict: accepted}, nil
}

func TestRetryOfWhoMayNotLeavesTheStepParked(t *testing.T) {
	j := newJourney(t)
	sends := 0
	j.sendPIN = func(activities.MailJob) (activities.Sent, error) {
		sends++
		return activities.Sent{State: onboarding.MailRefused, Code: 550}, nil
	}
	j.retry = onboarding.NoAgent
	j.send(time.Minute, "u1", SubmitCredentials)
	refused := j.send(2*time.Minute, "u2", RetryNow)
	j.wantAttention(3*time.Minute, "mail_refused")
	j.send(4*time.Minute, "u3", Cancel)
	j.run(onboarding.Cancelled)
	refused.want(t, "retry", onboarding.NoAgent)
	if sends != 1 {
		t.Errorf("the mail was sent %d times, want 1", sends)
	}
}
