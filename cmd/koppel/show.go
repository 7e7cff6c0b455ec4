package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func settingsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "settings [" + strings.Join(readers(), "|") + "]",
		Short: "Show the settings that a command would start with",
		Long: "Shows each setting, its value and where that is from: the environment, a file or its default. Secrets are not\n" +
			"shown; of keys the ids are. Without a command it shows the settings of all of them.\n\n" +
			"It fails when a setting is missing or wrong, as the command would, and names all of these.",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: readers(),
		RunE: func(cmd *cobra.Command, args []string) error {
			r := read(strings.Join(args, ""), os.Environ())
			if err := r.show(cmd.OutOrStdout()); err != nil {
				return err
			}
			return r.err()
		},
	}
}

// show prints one line per setting.
func (r *reading) show(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tVALUE\tFROM")
	for field := range fieldsOf(r.command) {
		name := field.Tag.Get("env")
		fmt.Fprintf(table, "%s\t%s\t%s\n", name, r.shown(name, field), r.origins[name])
	}
	for _, name := range r.strangers() {
		fmt.Fprintf(table, "%s\tis nothing that koppel knows\t%s\n", name, fromEnvironment)
	}
	return table.Flush()
}

// shown is what may be told of a setting.
func (r *reading) shown(name string, field reflect.StructField) string {
	switch {
	case r.faults[name] != nil && r.origins[name] == "":
		return "missing"
	case r.faults[name] != nil:
		return "wrong"
	case r.origins[name] == "":
		return "not set"
	}
	switch value := reflect.ValueOf(r.settings).FieldByIndex(field.Index).Interface().(type) {
	case databaseURL:
		return value.redacted()
	case interface{ IDs() []string }:
		return "key " + strings.Join(value.IDs(), " (active), ")
	case metadata, pemText:
		return "set"
	case certificate:
		return "until " + value.NotAfter.UTC().Format(time.DateOnly)
	}
	if field.Tag.Get("secret") != "" {
		return "set"
	}
	return r.environment[name]
}

// redacted leaves out the password, which may stand among the parameters too.
func (v databaseURL) redacted() string {
	u, err := url.Parse(string(v))
	if err != nil {
		return "set"
	}
	short := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil {
		short.User = url.User(u.User.Username())
	}
	return short.String()
}

// strangers are variables with our prefix that no command reads: mostly a name that is spelt wrong.
func (r *reading) strangers() (names []string) {
	var known []string
	for field := range fieldsOf("") {
		known = append(known, field.Tag.Get("env"), field.Tag.Get("env")+"_FILE")
	}
	for name := range r.environment {
		if strings.HasPrefix(name, "KOPPEL_") && !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
