package eherkenning

import (
	"errors"

	"github.com/crewjam/saml"
)

const (
	statusSuccess            = "urn:oasis:names:tc:SAML:2.0:status:Success"
	statusRequester          = "urn:oasis:names:tc:SAML:2.0:status:Requester"
	statusResponder          = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	statusAuthnFailed        = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
	statusRequestUnsupported = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported"
)

// checkStatus reads the outcome that the broker gives. Cancelling, too low a means and the lack of a mandate all
// come as the same code: the supplier has told the user on its own page (Afsprakenstelsel: Error handling).
func (v *verification) checkStatus() error {
	v.response = v.artifactResponse.Responses[0]
	if len(v.response.Statuses) != 1 {
		return refuse(Malformed, errors.New("not one Status"))
	}
	top, second := statusCodes(v.response.Statuses[0])
	if top == statusSuccess {
		return nil
	}
	return refuse(statusReason(top, second), errors.New("status "+top+" "+second))
}

func statusCodes(status saml.Status) (top, second string) {
	if status.StatusCode.StatusCode != nil {
		second = status.StatusCode.StatusCode.Value
	}
	return status.StatusCode.Value, second
}

func statusReason(top, second string) Reason {
	switch {
	case top == statusResponder && second == statusAuthnFailed:
		return Cancelled
	case top == statusRequester, second == statusRequestUnsupported:
		return RequestRefused
	}
	return BrokerFailed
}
