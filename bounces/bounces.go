// Package bounces reads what mail servers send back, finds out which mail of koppel it is about, and has it noted.
//
// It writes nothing itself: a small workflow notes the bounce and tells the case that waits for the mail. What the
// case does then is decided there.
package bounces

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"koppel/activities"
	"koppel/onboarding"
	"koppel/store"
	"koppel/workflows"
)

// Starter is what is asked of Temporal; a client.Client has it.
type Starter interface {
	ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
}

// Desk takes reports in.
type Desk struct {
	Store    *store.Store
	Temporal Starter
}

// Result is what became of a report.
type Result string

const (
	Noted   Result = "noted"   // the mail came back; Temporal sees to the rest
	Ignored Result = "ignored" // the mail is late, was delivered or passed on: nothing to do
	Unknown Result = "unknown" // no mail of ours
)

// patience is how long the database and Temporal may take together.
const patience = 10 * time.Second

// Take notes a report. Taking it twice notes it once. An error says that the database or Temporal is away: then it
// should come again.
func (d Desk) Take(ctx context.Context, report Report) (Result, error) {
	if !report.Failed {
		return Ignored, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	mail, err := d.find(ctx, report.Tokens)
	switch {
	case onboarding.KindOf(err) == onboarding.NotFound:
		return Unknown, nil
	case err != nil:
		return "", err
	}
	bounce := activities.Bounce{
		MailJob: activities.MailJob{Case: mail.Case, Kind: mail.Kind, Number: mail.Number, Generation: mail.Generation},
		Status:  report.Status,
	}
	options := workflows.BounceOptions(bounce, mail.Reference)
	if _, err := d.Temporal.ExecuteWorkflow(ctx, options, workflows.BounceName, bounce); err != nil {
		return "", fmt.Errorf("note bounce: %w", err)
	}
	return Noted, nil
}

// find returns the mail that the first known token names.
func (d Desk) find(ctx context.Context, tokens []string) (store.MailName, error) {
	err := error(&onboarding.Error{Kind: onboarding.NotFound, Message: "p.404"})
	for _, token := range tokens {
		var mail store.MailName
		mail, err = d.Store.MailOfToken(ctx, token)
		if err == nil || onboarding.KindOf(err) != onboarding.NotFound {
			return mail, err
		}
	}
	return store.MailName{}, err
}

// Notice is a bounce as services that mail for others report it.
type Notice struct {
	MessageID string `json:"message_id"`
	Status    string `json:"status"` // enhanced status code (RFC 3463)
}

var errNotice = errors.New("want message_id and a status such as 5.1.1")

// Report reads a notice as a report.
func (n Notice) Report() (Report, error) {
	code := submatch(wordedCode, n.Status)
	report := Report{Failed: strings.HasPrefix(code, "5"), Status: code}
	report.Tokens = tokens("<" + strings.TrimPrefix(n.MessageID, "<"))
	if code == "" || n.MessageID == "" {
		return Report{}, errNotice
	}
	return report, nil
}
