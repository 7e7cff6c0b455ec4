package eherkenning

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"koppel/onboarding"
)

// Login fetches the answer behind an artifact and verifies all of it. requestID is the id of the one Request that
// this browser made; the caller has looked it up, and gives it only once. Every error is a *Refusal.
//
// That an assertion is used once is for the caller: AssertionID must be remembered until ExpiresAt.
func (sp *ServiceProvider) Login(ctx context.Context, artifact, requestID string) (login onboarding.Login, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			login, err = onboarding.Login{}, refuse(Invalid, fmt.Errorf("panic: %v\n%s", panicked, debug.Stack()))
		}
	}()
	if requestID == "" {
		return onboarding.Login{}, refuse(WrongRequest, errors.New("no request is pending"))
	}
	if err := sp.CheckArtifact(artifact); err != nil {
		return onboarding.Login{}, err
	}
	envelope, resolveID, err := sp.resolve(ctx, artifact)
	if err != nil {
		return onboarding.Login{}, asRefusal(err)
	}
	return sp.verify(envelope, requestID, resolveID)
}

// verify does everything that needs no network.
func (sp *ServiceProvider) verify(envelope []byte, requestID, resolveID string) (onboarding.Login, error) {
	v := verification{
		sp:        sp,
		broker:    sp.broker.Load(),
		now:       sp.settings.Now(),
		requestID: requestID,
		resolveID: resolveID,
		envelope:  envelope,
	}
	for _, step := range v.steps() {
		if err := step(); err != nil {
			return onboarding.Login{}, asRefusal(err)
		}
	}
	return v.login, nil
}

func asRefusal(err error) error {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	return refuse(Invalid, err)
}
