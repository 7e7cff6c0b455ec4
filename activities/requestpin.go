package activities

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"koppel/mail"
	"koppel/onboarding"
	"koppel/store"
)

// requestPIN makes a new PIN for address and names its mail, within the limits on mails and addresses. The caller saves
// the case.
func (a *Activities) requestPIN(ctx context.Context, tx *store.Tx, c *store.Case, address onboarding.Email, now time.Time) (Checked, error) {
	pins, err := tx.PINs(ctx, c.ID)
	if err != nil {
		return Checked{}, err
	}
	used, err := a.addresses(c.ID, pins)
	if err != nil {
		return Checked{}, err
	}
	if !slices.Contains(used, fold(address)) && len(used) >= onboarding.PINAddressesPerCase {
		return refuseUntil(onboarding.TooManyAddresses, c.Deadline), nil
	}
	number, refusal, err := a.countMail(ctx, tx, *c, address, now)
	if err != nil || refusal.Verdict.Outcome != "" {
		return refusal, err
	}
	c.Generation = len(pins) + 1
	if err := a.addPIN(ctx, tx, *c, address, now); err != nil {
		return Checked{}, err
	}
	return nameMail(ctx, tx, *c, number, now)
}

// addPIN writes the generation l.Generation.
func (a *Activities) addPIN(ctx context.Context, tx *store.Tx, c store.Case, address onboarding.Email, now time.Time) error {
	sealed, err := a.Records.Seal(store.PinAddress(c.ID, c.Generation), []byte(address))
	if err != nil {
		return err
	}
	nonce := make([]byte, 16)
	rand.Read(nonce)
	return tx.AddPIN(ctx, c.ID, store.PIN{
		Generation: c.Generation, KeyID: a.PINs.ActiveID(), Nonce: nonce, Address: sealed, Masked: address.Masked(), CreatedAt: now,
	})
}

func nameMail(ctx context.Context, tx *store.Tx, c store.Case, number int, now time.Time) (Checked, error) {
	err := requestMail(ctx, tx, c, store.Mail{
		Kind: onboarding.PINMail, Number: number, Generation: c.Generation, RequestedAt: now,
	})
	job := MailJob{Case: c.ID, Kind: onboarding.PINMail, Number: number, Generation: c.Generation}
	return Checked{Verdict: onboarding.Verdict{Outcome: onboarding.Accepted}, Mails: []MailJob{job}}, err
}

// countMail counts one more PIN mail to address and gives its number in the case, or refuses it.
func (a *Activities) countMail(ctx context.Context, tx *store.Tx, c store.Case, address onboarding.Email, now time.Time) (int, Checked, error) {
	mails, err := tx.Mails(ctx, c.ID, onboarding.PINMail)
	if err != nil {
		return 0, Checked{}, err
	}
	if len(mails) >= onboarding.PINMailsPerCase {
		return 0, refuseUntil(onboarding.TooManyMails, c.Deadline), nil
	}
	counts, err := hold(ctx, tx, now,
		counter{limit: onboarding.MailsPerAddress, subject: a.Lookup.Hash("address", fold(address))},
		counter{limit: onboarding.MailsPerIdentity, subject: c.Identity})
	if err != nil {
		return 0, Checked{}, err
	}
	if until := counts.lockedUntil(now); !until.IsZero() {
		return 0, refuseUntil(onboarding.TooManyMails, until), nil
	}
	if err := a.watchMails(ctx, tx, now); err != nil {
		return 0, Checked{}, err
	}
	return len(mails) + 1, Checked{}, counts.add(ctx, tx, now)
}

// watchMails tells the operators when so many PIN mails are asked for that somebody may be abusing them. Nobody is
// refused for it: that would let a stranger lock everybody out.
func (a *Activities) watchMails(ctx context.Context, tx *store.Tx, now time.Time) error {
	requested, err := tx.PINMailsSince(ctx, now.Add(-onboarding.PINMailAlarmWindow), onboarding.PINMailAlarm)
	if requested >= onboarding.PINMailAlarm {
		a.Log.WarnContext(ctx, "many PIN mails", "at_least", requested, "within", onboarding.PINMailAlarmWindow.String())
	}
	return err
}

// addresses lists the addresses that a case has used, each once.
func (a *Activities) addresses(caseID string, pins []store.PIN) ([]string, error) {
	var used []string
	for _, pin := range pins {
		address, err := a.address(caseID, pin.Generation, pin.Address)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(used, fold(address)) {
			used = append(used, fold(address))
		}
	}
	return used, nil
}

// fold makes addresses that reach the same mailbox equal, for counting only. A domain can be written in many ways,
// one that no mail can go to only as it is.
func fold(address onboarding.Email) string {
	canonical, err := mail.Canonical(address)
	if err != nil {
		canonical = string(address)
	}
	return strings.ToLower(canonical)
}

// derive computes the PIN of a generation. It is bound to the case, the address, the identity and what the address is for, so a
// PIN of another case, or of an address given up, does not fit.
func (a *Activities) derive(c confirming, pin store.PIN, address onboarding.Email) (onboarding.PIN, error) {
	digits, err := a.PINs.Digits(pin.KeyID, onboarding.PINDigits, "pin", c.ID, hex.EncodeToString(pin.Nonce),
		strconv.Itoa(pin.Generation), string(address), c.Identity, c.subject)
	return onboarding.PIN(digits), err
}
