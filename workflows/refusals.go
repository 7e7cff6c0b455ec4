package workflows

import "strings"

// refusalText is what the reply of a mail server that refuses a mail means most often, in Dutch (RFC 5321, 4.2.2).
func refusalText(code int) string {
	switch code {
	case 550, 551, 553:
		return "het adres bestaat niet, of neemt geen mail aan"
	case 552:
		return "de mailbox is vol"
	case 554:
		return "een filter bij de ontvanger houdt de mail tegen"
	}
	return "de mailserver van de ontvanger wil de mail niet"
}

// bounceText is what an enhanced status code means, in Dutch (RFC 3463).
func bounceText(status string) string {
	switch {
	case strings.HasPrefix(status, "5.1."):
		return "het adres bestaat niet"
	case status == "5.2.2":
		return "de mailbox is vol"
	case strings.HasPrefix(status, "5.2."):
		return "de mailbox is gesloten of werkt niet"
	case strings.HasPrefix(status, "5.7."):
		return "een filter bij de ontvanger houdt de mail tegen; de ICT-beheerder van de school kan onze afzender toelaten"
	}
	return "de mailserver van de ontvanger kon de mail niet bezorgen"
}
