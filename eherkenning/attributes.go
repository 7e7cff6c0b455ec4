package eherkenning

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"koppel/onboarding"
)

// Names that carry the version of the scheme are compared without it, so that a new version changes nobody.
var versioned = regexp.MustCompile(`^urn:etoegang:(?:core|[0-9]+\.[0-9]+):(.+)$`)

const companyNameLimit = 200 // characters (Afsprakenstelsel: attribute catalogue)

// attributes are the AttributeValue elements of the assertion's own statements, by name without version; "" collects
// what is not of the scheme.
type attributes map[string][]*etree.Element

func readAttributes(assertion *etree.Element) attributes {
	all := attributes{}
	for _, statement := range children(assertion, nsAssertion, "AttributeStatement") {
		for _, attribute := range children(statement, nsAssertion, "Attribute") {
			name := withoutVersion(attribute.SelectAttrValue("Name", ""))
			all[name] = append(all[name], children(attribute, nsAssertion, "AttributeValue")...)
		}
	}
	return all
}

// withoutVersion returns "" for a name outside the scheme.
func withoutVersion(name string) string {
	if parts := versioned.FindStringSubmatch(name); parts != nil {
		return parts[1]
	}
	return ""
}

func (a attributes) texts(name string) []string {
	var texts []string
	for _, value := range a[withoutVersion(name)] {
		texts = append(texts, strings.TrimSpace(value.Text()))
	}
	return texts
}

// hasRestriction tells whether the mandate is limited to a branch, by its new or its old number.
func (a attributes) hasRestriction() bool {
	for name := range a {
		if strings.HasPrefix(name, "ServiceRestriction:") {
			return true
		}
	}
	return false
}

// checkLevel wants the level that was reached, not the one that was asked for.
func (v *verification) checkLevel() error {
	refs := v.assertion.AuthnStatements[0].Contexts[0].ClassRefs
	if len(refs) != 1 {
		return refuse(UnknownLevel, errors.New("not one AuthnContextClassRef"))
	}
	level, err := onboarding.ParseLevel(strings.TrimSpace(refs[0]))
	if err != nil {
		return refuse(UnknownLevel, err)
	}
	if !level.AtLeast(v.sp.settings.MinimumLevel) {
		return &Refusal{Reason: LevelTooLow, Level: level}
	}
	v.login.Level = level
	return nil
}

const (
	typePseudonym = "EntityConcernedID:Pseudo"
	typeKvK       = "EntityConcernedID:KvKnr"
)

// readActingSubject opens the pseudonym of the person. Other types belong to citizens and to eIDAS.
func (v *verification) readActingSubject() error {
	subjects, err := v.identifiers("ActingSubjectID")
	if err != nil {
		return err
	}
	if len(subjects) != 1 || subjects[0].Type != typePseudonym || !isOpaque(subjects[0].Value) {
		return refuse(NoActingSubject, errors.New("not one pseudonym"))
	}
	v.login.ActingSubject = subjects[0]
	return nil
}

// isOpaque accepts what a pseudonym can look like and no more: the digits of a specific pseudonym are not ours to
// judge, but blanks, control characters and length are.
func isOpaque(value string) bool {
	return len(value) >= 32 && len(value) <= 256 && !strings.ContainsFunc(value, func(r rune) bool {
		return r <= ' ' || r > '~'
	})
}

// readOrganisation takes the KvK number of the represented organisation.
func (v *verification) readOrganisation() error {
	numbers, err := v.kvkNumbers("LegalSubjectID")
	if err != nil {
		return err
	}
	if len(numbers) != 1 {
		return refuse(NoOrganisation, errors.New("not one KvK number"))
	}
	v.login.Organisation = numbers[0]
	return nil
}

// readIntermediary takes the KvK number of the organisation in between, in a chain mandate. It tells support who
// acts; it is no part of who the user is.
func (v *verification) readIntermediary() error {
	numbers, err := v.kvkNumbers("IntermediateSubjectID")
	if err != nil {
		return err
	}
	if len(numbers) > 1 {
		return refuse(NoOrganisation, errors.New("several intermediaries"))
	}
	if len(numbers) == 1 {
		v.login.Intermediary = numbers[0]
	}
	return nil
}

// kvkNumbers opens all values of an attribute and lists the KvK numbers among them, each once; an RSIN may stand
// beside them, in any order.
func (v *verification) kvkNumbers(attribute string) ([]onboarding.KvKNumber, error) {
	subjects, err := v.identifiers(attribute)
	if err != nil {
		return nil, err
	}
	var numbers []onboarding.KvKNumber
	for _, subject := range subjects {
		if subject.Type != typeKvK {
			continue
		}
		number, err := onboarding.ParseKvKNumber(subject.Value)
		if err != nil {
			return nil, refuse(NoOrganisation, errors.New(attribute+": KvK number without eight digits"))
		}
		if !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	return numbers, nil
}

// readRest takes what is welcome but not needed.
func (v *verification) readRest() error {
	v.login.AssertionID = v.assertion.ID
	v.login.ExpiresAt = v.expiresAt()
	if authorities := v.assertion.AuthnStatements[0].Contexts[0].Authorities; len(authorities) > 0 {
		v.login.Supplier = strings.TrimSpace(authorities[0])
	}
	names := v.attributes.texts("urn:etoegang:1.11:attribute-represented:CompanyName")
	if len(names) == 1 && len([]rune(names[0])) <= companyNameLimit {
		v.login.OrganisationName = names[0]
	}
	return nil
}
