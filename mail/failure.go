package mail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
)

// Refusal says that this mail can't be delivered and never will: a 5xx reply to MAIL, RCPT or DATA, or an address that
// no mail can be written to. Sending it again is of no use.
//
// Neither Refusal nor Deferral holds the server's words, because servers repeat the address in them.
type Refusal struct {
	Code int // the server's reply; 0 when the server was not asked
}

func (r *Refusal) Error() string {
	if r.Code == 0 {
		return "no mail can be written to the address"
	}
	return fmt.Sprintf("the mail server refused the mail with reply %d", r.Code)
}

// Deferral says that the mail was not taken now: a 4xx reply, no answer in time, a lost connection, or a server that
// does not let koppel in (then the reply can be a 5xx: that is about the settings, not about this mail).
// After a connection that was lost while the server accepted, the mail may have arrived.
type Deferral struct {
	Step  string // what was being done
	Code  int    // the server's reply; 0 when there was none
	Cause error  // of the context or the network, where known
}

func (d *Deferral) Error() string {
	switch {
	case d.Code != 0:
		return fmt.Sprintf("%s: the mail server replied %d", d.Step, d.Code)
	case d.Cause != nil:
		return fmt.Sprintf("%s: %v", d.Step, d.Cause)
	}
	return d.Step + ": the mail server did not reply"
}

func (d *Deferral) Unwrap() error { return d.Cause }

// connectFailure translates an error from before the mail was named. No personal data has been sent yet, so the
// error can be kept, but not a reply's text.
func connectFailure(ctx context.Context, err error) error {
	deferral := &Deferral{Step: "connecting to the mail server", Cause: ctx.Err()}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		deferral.Code = reply.Code
	} else if deferral.Cause == nil {
		deferral.Cause = err
	}
	return deferral
}

// authenticationRequired (530) answers MAIL when koppel should have logged in or used TLS.
const authenticationRequired = 530

// sendFailure translates an error of go-mail, whose text names the recipient.
func sendFailure(ctx context.Context, err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return &Deferral{Step: "sending mail", Cause: ctx.Err()}
	}
	code := failed.ErrorCode()
	if code >= 500 && code != authenticationRequired {
		return &Refusal{Code: code}
	}
	return &Deferral{Step: failed.Reason.String(), Code: code, Cause: ctx.Err()}
}
