package onboarding

import "fmt"

// Level is an eHerkenning assurance level. Levels compare by rank: their URNs do not sort.
type Level string

const (
	EH1     Level = "EH1"
	EH2     Level = "EH2"
	EH2Plus Level = "EH2+"
	EH3     Level = "EH3"
	EH4     Level = "EH4"
)

// MinimumLevel is what MijnHelpdeskPO asks of a login.
const MinimumLevel = EH3

var levelURNs = map[string]Level{
	"urn:etoegang:core:assurance-class:loa1":     EH1,
	"urn:etoegang:core:assurance-class:loa2":     EH2,
	"urn:etoegang:core:assurance-class:loa2plus": EH2Plus,
	"urn:etoegang:core:assurance-class:loa3":     EH3,
	"urn:etoegang:core:assurance-class:loa4":     EH4,
}

var levelRanks = map[Level]int{EH1: 1, EH2: 2, EH2Plus: 3, EH3: 4, EH4: 5}

// ParseLevel reads the AuthnContextClassRef of an assertion.
func ParseLevel(urn string) (Level, error) {
	level, known := levelURNs[urn]
	if !known {
		return "", fmt.Errorf("unknown assurance level %q", urn)
	}
	return level, nil
}

// AtLeast tells whether l reaches minimum. An unknown level reaches nothing.
func (l Level) AtLeast(minimum Level) bool {
	return levelRanks[l] > 0 && levelRanks[l] >= levelRanks[minimum]
}
