package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"koppel/keys/keyfiles"
)

func keysCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "keys",
		Short: "Make and rotate the keys of an installation",
		Long: "Makes and rotates the keys that web and worker share, as files in a folder: DIR/web has what web needs,\n" +
			"DIR/worker what the worker needs. Nothing is ever overwritten or taken away.",
	}
	command.AddCommand(keysNew(), keysAdd(), keysActivate())
	return command
}

func keysNew() *cobra.Command {
	var id string
	command := &cobra.Command{
		Use:   "new DIR",
		Short: "Make all keys of a new installation",
		Long: "Makes the look-up key, and one key for PINs, for what is sealed in the database, and for what web hands over\n" +
			"to the worker. It prints the settings that name the files. Where one of the files stands, it makes nothing.\n\n" +
			"Keep a copy of the look-up key and the record keys apart from the database: without them nobody is known.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := keyfiles.New(args[0], id); err != nil {
				return fmt.Errorf("keys new: %w", err)
			}
			return printKeySettings(cmd.OutOrStdout(), args[0])
		},
	}
	withID(command, &id)
	return command
}

func keysAdd() *cobra.Command {
	var id string
	command := &cobra.Command{
		Use:   "add DIR",
		Short: "Rotation, first step: add a key of each kind that rotates",
		Long: "Adds a key for PINs, for the database and for hand-overs. Nothing uses them for new work yet. Restart every\n" +
			"web and worker, so that all know them, and then activate them. The look-up key never changes.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := keyfiles.Add(args[0], id); err != nil {
				return fmt.Errorf("keys add: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "keys %s added: restart every web and worker, then koppel keys activate %s %s\n", id, args[0], id)
			return nil
		},
	}
	withID(command, &id)
	return command
}

func keysActivate() *cobra.Command {
	return &cobra.Command{
		Use:   "activate DIR ID",
		Short: "Rotation, second step: use the added keys for new work",
		Long: "Makes the keys with this id the active ones. Restart web and worker once more. The older keys still open what\n" +
			"they sealed, and PINs that were mailed still fit.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := keyfiles.Activate(args[0], args[1]); err != nil {
				return fmt.Errorf("keys activate: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "keys %s are active: restart every web and worker\n", args[1])
			return nil
		},
	}
}

func withID(command *cobra.Command, id *string) {
	command.Flags().StringVar(id, "id", time.Now().UTC().Format(time.DateOnly), "what the keys are called")
}

// printKeySettings prints the settings that name the files.
func printKeySettings(out io.Writer, dir string) error {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for _, folder := range []string{keyfiles.Web, keyfiles.Worker} {
		fmt.Fprintf(out, "# %s\n", folder)
		for _, name := range keyfiles.Files[folder] {
			fmt.Fprintf(out, "%s_FILE=%s\n", name, filepath.Join(absolute, folder, name))
		}
	}
	return nil
}
