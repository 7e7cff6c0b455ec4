package workflows

import (
	"slices"

	"koppel/onboarding"
)

// table of a change of address.
func (c *emailChange) table() table { return changeTable }

var unchanged = steps(onboarding.AwaitAddress, onboarding.MailingPIN, onboarding.AwaitPIN)

var changeTable = slices.Concat(table{
	{ChangeAddress, byPerson, steps(onboarding.MailingPIN), steps(stays)},
	{ChangeAddress, byPerson, steps(onboarding.AwaitAddress, onboarding.AwaitPIN), steps(stays, onboarding.MailingPIN)},
	{SubmitPIN, byPerson, awaitingPIN, steps(stays, onboarding.Completing)},
	{ResendPIN, byPerson, awaitingPIN, steps(stays)},
	{Cancel, byPerson, unchanged, steps(onboarding.Cancelled)},
	{RetryNow, byOperator, awaitingPIN, steps(stays)},
	{mailTaken, bySystem, steps(onboarding.MailingPIN), steps(onboarding.AwaitPIN)},
	{mailTaken, bySystem, steps(onboarding.AwaitPIN), steps(stays)},
	{mailTurnedDown, bySystem, awaitingPIN, steps(stays)},
	{addressChanged, bySystem, steps(onboarding.Completing), steps(onboarding.Notifying)},
	{identityMoved, bySystem, unchanged, steps(onboarding.Voided)},
	{identityMoved, bySystem, steps(onboarding.Completing), steps(onboarding.Voided)},
	{noticesSent, bySystem, steps(onboarding.Notifying), steps(onboarding.Changed)},
	{deadlinePasses, bySystem, unchanged, steps(onboarding.Expired)},
}, helpRows(onboarding.EmailChangeCase))

// identityMoved is what ends a case of any kind from outside. It learns of it by CaseVoided, or by its next check.
const identityMoved = "the identity is linked or unlinked"

// What happens to a change of address by itself, besides what happens to a linking.
const (
	addressChanged = "the address is changed"
)

var changeSteps = map[onboarding.Step]string{
	onboarding.AwaitAddress: "Wacht op een nieuw e-mailadres",
	onboarding.MailingPIN:   "Pincode wordt gemaild",
	onboarding.AwaitPIN:     "Wacht op de pincode",
	onboarding.Completing:   "E-mailadres wordt gewijzigd",
	onboarding.Notifying:    "Gewijzigd; beide adressen krijgen een mail",
	onboarding.Changed:      "Gewijzigd",
	onboarding.Voided:       "Vervallen: de eHerkenning is intussen gekoppeld of ontkoppeld",
	onboarding.Expired:      "Verlopen: niet op tijd afgemaakt",
	onboarding.Cancelled:    "Gestopt: het oude adres geldt nog",
}

// changeAdvice says whose turn it is and what an agent can do now.
var changeAdvice = map[onboarding.Step]string{
	onboarding.AwaitAddress: "Laat de gebruiker op de pagina een eigen e-mailadres invullen, geen gedeeld adres.",
	onboarding.MailingPIN:   "Wachten: de mail gaat vanzelf, en de 15 minuten van de pincode lopen nog niet. De gebruiker kan op de pagina een ander e-mailadres invullen. Het oude adres geldt nog.",
	onboarding.AwaitPIN:     "Laat de gebruiker de nieuwste mail zoeken, ook bij spam. Op de pagina kan de gebruiker een nieuwe pincode vragen of een ander e-mailadres invullen. Het oude adres geldt nog.",
	onboarding.Completing:   "Wachten: dit duurt gewoonlijk een paar tellen. De gebruiker hoeft niets opnieuw te doen.",
	onboarding.Notifying:    "Niets. Het nieuwe adres geldt; alleen de berichten aan beide adressen moeten nog weg.",
	onboarding.Changed:      "Klaar. Zegt de eigenaar van het oude adres dat dit niet klopt: behandel het als een incident.",
	onboarding.Voided:       "Klaar; het oude adres geldt nog. De gebruiker begint opnieuw bij Uw koppeling.",
	onboarding.Expired:      "Klaar; het oude adres geldt nog. De gebruiker begint opnieuw bij Uw koppeling.",
	onboarding.Cancelled:    "Klaar; het oude adres geldt nog. De gebruiker begint opnieuw bij Uw koppeling.",
}
