package brokertest

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Password and Code are the same for everybody, and printed on the pages.
const (
	Password = "demo"
	Code     = "123456"
)

// Supplier is a pretend authentication service (AD) where people log in.
type Supplier struct{ EntityID, Name string }

// Suppliers returns the choices of the first page.
func Suppliers() []Supplier {
	return []Supplier{
		{EntityID: "urn:etoegang:AD:00000003888888880000:entities:9001", Name: "Testleverancier Noord"},
		{EntityID: "urn:etoegang:AD:00000003888888880000:entities:9002", Name: "Testleverancier Zuid"},
	}
}

// Organisation is somebody whom a person may represent.
type Organisation struct {
	KvK  string // 8 digits
	RSIN string // 9 digits, or empty: the answer then has the KvK number only
	Name string
}

func (o Organisation) identifiers() []Identifier {
	identifiers := []Identifier{{Qualifier: QualifierKvK, Value: o.KvK}}
	if o.RSIN != "" {
		identifiers = append(identifiers, Identifier{Qualifier: QualifierRSIN, Value: o.RSIN})
	}
	return identifiers
}

// Persona is a pretend person.
type Persona struct {
	Username      string
	Name          string
	Shows         string         // what logging in as this person shows, in Dutch
	Level         string         // AuthnContextClassRef of the means
	Organisations []Organisation // more than one: a page asks which; none: a page says that there is no mandate
	Branch        string         // mandate for one branch only (Vestigingsnr, 12 digits); empty: the whole organisation
	Status        []string       // the login ends with this status instead of an assertion
	PostArtifact  bool           // the artifact is delivered by a form
	Intermediary  Organisation   // acts for the organisation in a chain mandate; zero: nobody
	NextKey       bool           // the broker signs with the last key that it publishes
	Unreachable   bool           // nobody answers for the artifact
}

// Personas returns the default people. Their organisations are the boards of the demo's sample data.
func Personas() []Persona {
	regenboog := Organisation{KvK: "90001234", RSIN: "999990019", Name: "Stichting De Regenboog"}
	linde := Organisation{KvK: "90005678", RSIN: "999990020", Name: "Vereniging De Linde"}
	elders := Organisation{KvK: "90009999", Name: "Gemeente Elders"}
	only := func(o Organisation) []Organisation { return []Organisation{o} }
	return []Persona{
		{Username: "jane", Name: "Jane Jansen", Level: Level3, Organisations: only(regenboog),
			Shows: "logt voor het eerst in en koppelt het account van een school"},
		{Username: "piet", Name: "Piet Peters", Level: Level3, Organisations: only(regenboog),
			Shows: "tweede contactpersoon van hetzelfde bestuur"},
		{Username: "tess", Name: "Tess Terug", Level: Level3, Organisations: only(linde),
			Shows: "komt terug: één keer koppelen, daarna meteen ingelogd"},
		{Username: "wim", Name: "Wim Twee", Level: Level3, Organisations: []Organisation{regenboog, linde},
			Shows: "mag twee besturen vertegenwoordigen en kiest er een"},
		{Username: "laura", Name: "Laura Laag", Level: Level2Plus, Organisations: only(regenboog),
			Shows: "heeft een middel op niveau EH2+, dat is te laag"},
		{Username: "carl", Name: "Carl Klaar", Level: Level3, Organisations: only(regenboog),
			Status: []string{StatusResponder, StatusAuthnFailed},
			Shows:  "stopt bij de makelaar en komt terug zonder ingelogd te zijn"},
		{Username: "koos", Name: "Koos Anders", Level: Level3, Organisations: only(elders),
			Shows: "heeft het KvK-nummer van een andere organisatie"},
		{Username: "nina", Name: "Nina Nog-niet", Level: Level3,
			Shows: "heeft geen machtiging voor deze dienst"},
		{Username: "bram", Name: "Bram Branche", Level: Level3, Organisations: only(regenboog), Branch: "000012345678",
			Shows: "heeft een machtiging voor één vestiging"},
		{Username: "karin", Name: "Karin Kantoor", Level: Level3, Organisations: only(regenboog),
			Intermediary: Organisation{KvK: "90007777", Name: "Administratiekantoor De Pen"},
			Shows:        "werkt bij een administratiekantoor, met een ketenmachtiging van het bestuur"},
		{Username: "rik", Name: "Rik Rollover", Level: Level3, Organisations: only(regenboog), NextKey: true,
			Shows: "logt in terwijl de makelaar zijn certificaat vervangt"},
		{Username: "dora", Name: "Dora Dicht", Level: Level3, Organisations: only(regenboog), Unreachable: true,
			Shows: "logt in terwijl de makelaar een storing heeft"},
	}
}

// pseudonym is the same for a person, organisation and service provider every time, across restarts too.
func (b *Broker) pseudonym(person, kvk string) Identifier {
	user := sha256.Sum256([]byte(strings.Join([]string{"user", person, kvk, b.oin}, "\x00")))
	represented := sha256.Sum256([]byte(strings.Join([]string{"represented", kvk, b.oin}, "\x00")))
	return Identifier{Qualifier: QualifierPseudonym, Value: fmt.Sprintf("%X@%X", user, represented[:16])}
}
