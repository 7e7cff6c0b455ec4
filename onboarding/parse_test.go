package onboarding

import "testing"

func TestParseInstitutionCode(t *testing.T) {
	for typed, want := range map[string]InstitutionCode{
		"16AH": "16AH", " 16ah ": "16AH", "16 ah": "16AH", "10249": "10249",
		"16AH00": "16AH", "16 ah 01": "16AH", "16AH0": "", "16AH000": "", "1024": "", "102499": "", "A6AH": "", "": "",
	} {
		if got, err := ParseInstitutionCode(typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", typed, got, err, want)
		}
	}
	if InstitutionCode("16AH").Kind() != School || InstitutionCode("10249").Kind() != Board {
		t.Error("kinds are mixed up")
	}
}

func TestRestoreKvKNumber(t *testing.T) {
	for given, want := range map[string]KvKNumber{
		"90001234": "90001234", " 1234567 ": "01234567", "123456": "00123456",
		"12345": "", "123456789": "", "1234567a": "", "": "",
	} {
		if got, err := RestoreKvKNumber(given); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", given, got, err, want)
		}
	}
}

func TestLevelsCompareByRank(t *testing.T) {
	for urn, want := range map[string]bool{"loa1": false, "loa2": false, "loa2plus": false, "loa3": true, "loa4": true} {
		level, err := ParseLevel("urn:etoegang:core:assurance-class:" + urn)
		if err != nil || level.AtLeast(MinimumLevel) != want {
			t.Errorf("%s: level %s, %v, enough %v, want %v", urn, level, err, !want, want)
		}
	}
	if _, err := ParseLevel("loa3"); err == nil || Level("EH9").AtLeast(EH1) || Level("").AtLeast("") {
		t.Error("an unknown level reaches something")
	}
}

func TestParseEmail(t *testing.T) {
	for typed, want := range map[string]struct {
		email   Email
		message string
	}{
		" J.Jansen@School.NL ":         {"J.Jansen@school.nl", ""},
		"j+tag@school.nl":              {"j+tag@school.nl", ""},
		"":                             {"", "e.mail.empty"},
		"jan":                          {"", "e.mail.form"},
		"jan@school":                   {"", "e.mail.form"},
		"jan@@school.nl":               {"", "e.mail.form"},
		"jan@school..nl":               {"", "e.mail.form"},
		"Jan <jan@school.nl>":          {"", "e.mail.form"},
		"jan@school.nl, b@b.nl":        {"", "e.mail.form"},
		"jan@school.nl\r\nBcc: x@y.nl": {"", "e.mail.form"},
		"\"a b\"@school.nl":            {"", "e.mail.form"},
	} {
		got, err := ParseEmail(typed)
		refusal, _ := err.(*Error)
		if got != want.email || (refusal == nil) != (want.message == "") || refusal != nil && refusal.Message != want.message {
			t.Errorf("%q: %q, %v, want %+v", typed, got, err, want)
		}
	}
}

func TestGeneralAddresses(t *testing.T) {
	for address, want := range map[Email]bool{
		"info@school.nl": true, "INFO@school.nl": true, "school-administratie@school.nl": true, "info+mijn@school.nl": true,
		"info.jansen@school.nl": false, "j.jansen@school.nl": false, "informatie@school.nl": false, "@school.nl": false,
	} {
		if got := address.General(); got != want {
			t.Errorf("%s general: %v, want %v", address, got, want)
		}
	}
}

func TestParsePIN(t *testing.T) {
	for typed, want := range map[string]struct {
		pin     PIN
		message string
	}{
		"012345": {"012345", ""}, " 012 345 ": {"012345", ""}, "01-23.45": {"012345", ""}, "012 345": {"012345", ""},
		"": {"", "e.pin.empty"}, " - ": {"", "e.pin.empty"}, "12345": {"", "e.pin.form"}, "1234567": {"", "e.pin.form"},
		"12345a": {"", "e.pin.letters"}, "١٢٣٤٥٦": {"", "e.pin.letters"},
	} {
		got, err := ParsePIN(typed)
		refusal, _ := err.(*Error)
		if got != want.pin || (refusal == nil) != (want.message == "") || refusal != nil && refusal.Message != want.message {
			t.Errorf("%q: %q, %v, want %+v", typed, got, err, want)
		}
	}
}

func TestIdentityKeyIgnoresTheCaseOfHexOnly(t *testing.T) {
	a := Login{ActingSubject: Subject{"EntityConcernedID:Pseudo", "ab@01"}, Organisation: "90001234"}
	b := Login{ActingSubject: Subject{"EntityConcernedID:Pseudo", "AB@01"}, Organisation: "90001234"}
	c := Login{ActingSubject: Subject{"EntityConcernedID:Pseudo", "ab@01"}, Organisation: "90001235"}
	if k := a.IdentityKey(); k[1] != b.IdentityKey()[1] || k[2] == c.IdentityKey()[2] {
		t.Errorf("keys %q %q %q", k, b.IdentityKey(), c.IdentityKey())
	}
}

func TestReferenceIsReadableAndStable(t *testing.T) {
	got := NewReference([]byte{0, 1, 31, 32, 255, 7, 8, 9})
	if got != "01Z0-Z789" {
		t.Errorf("reference %s, want 01Z0-Z789", got)
	}
}
