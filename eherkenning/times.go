package eherkenning

import (
	"time"

	"github.com/crewjam/saml"
)

// begun tells whether an instant is not in the future. A missing instant is in the past.
func (v *verification) begun(instant saml.RelaxedTime) bool {
	return !time.Time(instant).After(v.now.Add(clockSkew))
}

// fresh tells whether a message was issued just now.
func (v *verification) fresh(issued saml.RelaxedTime) bool {
	return !v.now.Add(-messageLife - clockSkew).After(time.Time(issued))
}

// valid tells whether an end still has to come. A missing end has passed.
func (v *verification) valid(notOnOrAfter saml.RelaxedTime) bool {
	return v.now.Add(-clockSkew).Before(time.Time(notOnOrAfter))
}

// expiresAt is when the assertion is refused by its times alone.
func (v *verification) expiresAt() time.Time {
	end := time.Time(v.conditions().NotOnOrAfter)
	if confirmed := time.Time(v.confirmation().NotOnOrAfter); confirmed.After(end) {
		end = confirmed
	}
	return end.Add(clockSkew)
}
