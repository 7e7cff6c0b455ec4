package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"text/tabwriter"

	"koppel/devstack"
	"koppel/eherkenning/brokertest"
)

// person is somebody to log in as: who at the broker, with which old account, and what that shows.
type person struct{ broker, account, shows string }

var people = []person{
	{"jane", "regenboog01 / Regenboog-2019", "first login: links the account of a school; then Account toevoegen: 14JT is offered, for 16AH its representative is asked"},
	{"piet", "regenboog02 / Regenboog-2020", "second contact person, account of the same board"},
	{"tess", "linde01 / Linde-2018", "returning: link once, log out, and the next login goes straight in"},
	{"wim", "", "represents two boards: the broker asks which"},
	{"laura", "", "level EH2+ is too low"},
	{"carl", "", "stops at the broker"},
	{"koos", "regenboog01 / Regenboog-2019", "KvK number of another organisation: waits until bestuur@regenboog.example answers, by the link in the mailbox"},
	{"nina", "", "no mandate: the broker says so, and Stoppen leads back"},
	{"bram", "", "a mandate for one branch only"},
	{"karin", "regenboog02 / Regenboog-2020", "an office acts for the board: a chain mandate"},
	{"rik", "regenboog01 / Regenboog-2019", "the broker signs with its next certificate"},
	{"dora", "", "the broker is down when the website asks who it was"},
}

// printGuide says where everything is and whom to log in as.
func printGuide(w io.Writer, stack *devstack.Stack, dir string) {
	fmt.Fprintln(w)
	for _, place := range places(stack) {
		if place.wanted != place.port {
			fmt.Fprintf(w, "Port %d is taken: the %s is on %d instead.\n", place.wanted, place.name, place.port)
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintf(table, "Website\t%s\tstart here\n", stack.WebURL())
	fmt.Fprintf(table, "Mailbox\t%s\tevery mail arrives here\n", stack.Mailbox.URL())
	fmt.Fprintf(table, "Temporal UI\t%s\twhat the helpdesk sees, read-only\n", stack.Temporal.DeskURL())
	fmt.Fprintf(table, "Temporal UI\t%s\tof operators, with commands\n", stack.Temporal.UIURL())
	fmt.Fprintf(table, "Test broker\t%s\tthe website sends you there\n", stack.Broker.URL())
	table.Flush()
	fmt.Fprintf(w, "\nLog in at the broker as one of these, with password %s and code %s.\n", brokertest.Password, brokertest.Code)
	table = tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "Name\tOld account / password\tShows")
	for _, p := range people {
		fmt.Fprintf(table, "%s\t%s\t%s\n", p.broker, p.account, p.shows)
	}
	table.Flush()
	fmt.Fprintf(w, "\nThe letter of a school without an account (log in as piet): %s\n", letter(dir))
	fmt.Fprintln(w, "Agents work in a shell, here (docs/helpdesk.md, docs/operators.md). First, for who you are:")
	for _, agent := range agents {
		fmt.Fprintf(w, "  . %s\t# %s\n", settingsOf(dir, agent.name), agent.role)
	}
	fmt.Fprintln(w, "Then: bin/koppel helpdesk list")
	fmt.Fprintf(w, "\nLogs are in %s/logs. Ctrl-C stops.\n", dir)
}

type place struct {
	name         string
	wanted, port int
}

func places(stack *devstack.Stack) []place {
	return []place{
		{"website", preferred.Web, portOf(stack.WebURL())},
		{"mailbox", preferred.Mailbox, portOf(stack.Mailbox.URL())},
		{"mail server", preferred.SMTP, portOf("smtp://" + stack.Mailbox.SMTPAddress())},
		{"Temporal server", preferred.Temporal, stack.Temporal.Port},
		{"Temporal UI of the helpdesk", preferred.TemporalDesk, stack.Temporal.DeskPort},
		{"Temporal UI of operators", preferred.TemporalUI, stack.Temporal.UIPort},
		{"test broker", preferred.Broker, portOf(stack.Broker.URL())},
	}
}

// portOf is the port of an address that the stack made, which always has one.
func portOf(address string) int {
	parsed, err := url.Parse(address)
	if err != nil {
		return 0
	}
	_, port, _ := net.SplitHostPort(parsed.Host)
	number, _ := strconv.Atoi(port)
	return number
}
