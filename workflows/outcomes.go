package workflows

import "koppel/onboarding"

// untilNames say what happens at the end of the time that comes with an outcome. With others it is told elsewhere.
var untilNames = map[onboarding.Outcome]string{
	onboarding.Locked:           "Op slot tot",
	onboarding.TooSoon:          "Opnieuw vanaf",
	onboarding.TooManyMails:     "Opnieuw vanaf",
	onboarding.TooManyQuestions: "Opnieuw vanaf",
	onboarding.CodeEnded:        "Werkte tot",
	onboarding.ReplacedPIN:      "Vervangen op",
}

// outcomeAdvice is what an agent has to know of an outcome that the counsel of the step does not tell.
var outcomeAdvice = map[onboarding.Outcome]string{
	onboarding.WrongCredentials: "laat de gebruiker rustig overtypen; letters en hoofdletters tellen. Weet niemand het wachtwoord, dan “Wachtwoord vergeten?”.",
	onboarding.WrongCode:        "laat de code uit de nieuwste brief overtypen; een nieuwe brief maakt de vorige ongeldig.",
	onboarding.CodeUsed:         "iemand heeft met deze code al gekoppeld. Was dat geen collega, behandel het dan als een incident.",
	onboarding.CodeEnded:        "er is een nieuwe code nodig.",
	onboarding.WrongPIN:         "laat de pincode uit de nieuwste mail overtypen.",
	onboarding.EndedPIN:         "een pincode werkt 15 minuten en 5 keer. Laat de gebruiker op de pagina een nieuwe vragen.",
	onboarding.ReplacedPIN:      "alleen de pincode uit de nieuwste mail werkt.",
	onboarding.Locked:           "nu niets proberen; daarna gaat de stap vanzelf weer open.",
	onboarding.Closed:           "anderen hebben deze gebruikersnaam te vaak geprobeerd. Geef een activatiecode uit.",
	onboarding.Taken:            "een ander was eerder met hetzelfde account. Een collega heeft een eigen activatiecode nodig; kent niemand die ander, behandel het dan als een incident.",
	onboarding.TooManyMails:     "laat de gebruiker ook bij spam zoeken; een ander e-mailadres helpt hier niet.",
	onboarding.TooManyAddresses: "laat de gebruiker een van de adressen van eerder invullen.",
	onboarding.NotContact:       "het register kent dit e-mailadres niet bij deze instelling. Het bestuur kan de gebruiker bij DUO laten registreren.",
	onboarding.OtherInstitution: "laat de gegevens van de gekozen instelling invullen, of een andere instelling kiezen.",
	onboarding.OtherBoard:       "laat de gebruiker ook inloggen voor het bestuur van deze instelling.",
	onboarding.InstitutionEnded: "kijk welke instelling de taken heeft overgenomen; daarvoor is een eigen activatiecode nodig.",
	onboarding.UnknownAccount:   "vraag de gebruikersnaam na, of geef een activatiecode uit.",
	onboarding.NotApproved:      "de gebruiker kan met andere gegevens verder. Noem niet wie dit besloot.",
	onboarding.NotAnswered:      "de gebruiker kan het opnieuw vragen, of met andere gegevens verder.",
	onboarding.TooBusy:          "laat de gebruiker het zo nog eens proberen.",
	onboarding.CheckFailed:      "laat de gebruiker het over een paar minuten nog eens proberen; gebeurt het weer, bel dan beheer.",
	onboarding.AskAgain:         "laat de gebruiker het formulier nog eens insturen.",
}
