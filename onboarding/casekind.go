package onboarding

// CaseKind names the journeys that have cases.
type CaseKind string

// The kinds.
const (
	LinkingCase     CaseKind = "linking"
	AdditionCase    CaseKind = "addition"
	ResetCase       CaseKind = "reset"
	EmailChangeCase CaseKind = "email_change"
	UnlinkingCase   CaseKind = "unlinking"
)
