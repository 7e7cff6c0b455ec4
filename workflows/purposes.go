package workflows

// legend ends the static details of every case.
const legend = "\n\nHiernaast, onder Current Details, staat waar de zaak nu wacht en wat u kunt doen; R ververst dat. " +
	"Toont het niets, kijk dan bij Memo en Search Attributes: er draait dan geen worker."

// Static details of a case: what it is about, for somebody who never saw one.
const (
	linkingPurpose = "Een contactpersoon heeft ingelogd met eHerkenning en koppelt die inlog aan een account: eerst het account " +
		"bewijzen, zo nodig toestemming van de gemachtigde, dan een pincode uit een mail." + legend
	additionPurpose = "Iemand met een koppeling voegt een school of bestuur toe aan het account: uit het register, met een bewijs, of " +
		"met toestemming van de gemachtigde." + legend
	emailChangePurpose = "Iemand met een koppeling wil een ander e-mailadres. Het oude geldt tot de pincode is ingevuld die naar het " +
		"nieuwe is gemaild." + legend
	resetPurpose = "Iemand weet het wachtwoord van een account niet. De gemachtigde van de instelling kiest een nieuw, met een link uit " +
		"een mail. De gebruiker leest altijd hetzelfde, wat er ook van komt." + legend
	unlinkingPurpose = "Een inlog met eHerkenning wordt van een account afgehaald. Een medewerker stelt het voor, een ander bevestigt." + legend
)
