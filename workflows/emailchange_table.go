package workflows

import "koppel/onboarding"

// table of a change of address.
func (c *emailChange) table() table { return changeTable }

var unchanged = steps(onboarding.AwaitAddress, onboarding.MailingPIN, onboarding.AwaitPIN)

var changeTable = table{
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
}

// What happens to a change of address by itself, besides what happens to a linking.
const (
	addressChanged = "the address is changed"
	identityMoved  = "the identity is linked or unlinked"
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
	onboarding.Cancelled:    "Gestopt door de gebruiker",
}

// changeAdvice says whose turn it is and what an agent can do now.
var changeAdvice = map[onboarding.Step]string{
	onboarding.AwaitAddress: "De gebruiker is aan de beurt en vult een eigen e-mailadres in.",
	onboarding.MailingPIN:   "Het systeem is aan de beurt. Komt de mail niet aan, dan kan de gebruiker op de pagina een ander e-mailadres invullen.",
	onboarding.AwaitPIN:     "De gebruiker is aan de beurt. Laat ook bij spam kijken. Op de pagina kan de gebruiker een nieuwe pincode of een ander e-mailadres kiezen. Tot de pincode is ingevuld, blijft het oude adres gelden.",
	onboarding.Completing:   "Het systeem is aan de beurt. Duurt dit langer dan 5 minuten, waarschuw dan beheer.",
	onboarding.Notifying:    "Het nieuwe adres geldt. De gebruiker hoeft niets te doen.",
	onboarding.Changed:      "Klaar. Zegt de eigenaar van het oude adres dat dit niet klopt: behandel het als een incident.",
	onboarding.Voided:       "Klaar. Het oude adres geldt nog. De gebruiker kan opnieuw beginnen bij Uw koppeling.",
	onboarding.Expired:      "Klaar. Het oude adres geldt nog. De gebruiker kan opnieuw beginnen bij Uw koppeling.",
	onboarding.Cancelled:    "Klaar. Het oude adres geldt nog. De gebruiker kan opnieuw beginnen bij Uw koppeling.",
}
