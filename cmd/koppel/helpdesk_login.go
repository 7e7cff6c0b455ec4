package main

import (
	"fmt"
	"io"

	"koppel/messages"
	"koppel/store"
	"koppel/web"
	"koppel/workflows"
)

// loginAdvice is what helps a caller whose login did not succeed, by the page that the login led to.
var loginAdvice = map[string]string{
	"p.cancel": "Heeft de gebruiker zelf gestopt, dan opnieuw inloggen. Zo niet: niveau 3 of hoger, en een machtiging voor " +
		"de dienst 'Mijn Helpdesk po', bij de leverancier van eHerkenning.",
	"p.loa":      "De gebruiker vraagt bij de leverancier een middel van niveau 3 of hoger aan.",
	"p.auth":     "De machtigingenbeheerder vraagt een machtiging voor de dienst 'Mijn Helpdesk po' aan. Bellen er meer: waarschuw beheer.",
	"p.branch":   "De machtigingenbeheerder laat de machtiging gelden voor de hele organisatie.",
	"p.supplier": "Na een kwartier opnieuw inloggen. Duurt het langer: waarschuw beheer.",
	"p.answer": "Opnieuw inloggen, in 1 tabblad, in dezelfde browser en binnen een kwartier. Gebeurt het weer: geef beheer de " +
		"reden die hierboven staat.",
	"p.cookie": "De gebruiker zet cookies aan voor deze website, of neemt een andere browser.",
}

// printLogin tells of a login that did not succeed, in the words of the page that the user saw.
func printLogin(out io.Writer, login store.Told) {
	reason, _ := login.Detail["reason"].(string)
	page := web.RefusedLoginPage(reason)
	fmt.Fprintf(out, "\nInloggen niet gelukt\n")
	row(out, "De pagina zei", messages.Text(messages.Dutch, page+".h", nil))
	row(out, "Wanneer", workflows.ClockText(login.At))
	row(out, "Reden", reason)
	row(out, "Wat te doen", loginAdvice[page])
}
