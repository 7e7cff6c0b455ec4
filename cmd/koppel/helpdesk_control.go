package main

import (
	"context"
	"fmt"

	"koppel/helpdesk"
	"koppel/onboarding"
	"koppel/store"
)

// control is what became of a code that a caller read out from a page.
type control string

// What can become of it. The audit has it too, without the code.
const (
	notAsked      control = ""
	controlRight  control = "right"
	controlWrong  control = "wrong"
	controlClosed control = "closed" // not judged: too many wrong ones
)

var controlNames = map[control]string{
	controlRight: "klopt: de beller zit op een pagina van deze inlog. Het bewijst niet wie de beller is",
	controlWrong: "klopt niet. Laat de pagina verversen, en vraag de code nog eens",
	controlClosed: fmt.Sprintf("niet bekeken: %d keer fout in %.0f minuten. Probeer het later, en help niet verder",
		helpdesk.ControlTries, helpdesk.ControlWindow.Minutes()),
}

// checkControl judges a code against the sessions of the logins that have cases with the reference.
func (s shift) checkControl(ctx context.Context, tx *store.Tx, reference onboarding.Reference, cases []store.Found, typed string) (control, error) {
	if typed == "" {
		return notAsked, nil
	}
	now := s.now()
	wrong, err := tx.WrongControls(ctx, reference, now.Add(-helpdesk.ControlWindow))
	if err != nil || wrong >= helpdesk.ControlTries {
		return controlClosed, err
	}
	for _, each := range cases {
		sessions, err := tx.SessionsOfIdentity(ctx, each.Identity, now)
		if err != nil {
			return notAsked, err
		}
		if helpdesk.Controls(sessions, typed, now) {
			return controlRight, nil
		}
	}
	return controlWrong, nil
}
