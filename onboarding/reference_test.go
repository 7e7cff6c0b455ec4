package onboarding

import "testing"

func TestReferenceIsReadAsPeopleTypeIt(t *testing.T) {
	for _, typed := range []string{"K3TF-9M10", "k3tf9m10", " K3TF 9MIO ", "k3tf-9mlo", "K3TF - 9M10"} {
		if got, err := ParseReference(typed); err != nil || got != "K3TF-9M10" {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "K3TF", "K3TF-9M2Q7", "K3TF-9M2U", "jan@school.nl"} {
		if got, err := ParseReference(typed); KindOf(err) != Invalid {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}
