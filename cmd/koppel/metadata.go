package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"koppel/eherkenning"
)

func metadataCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "metadata",
		Short: "Write our eHerkenning metadata, or explain the broker's",
		Long: "Writes our signed metadata for the broker: addresses, certificates and the service. The first of\n" +
			"KOPPEL_EHERKENNING_DECRYPTION_KEYS is the one that the broker will encrypt for.",
		Args: cobra.NoArgs,
	}
	command.RunE = publish(command, eherkenning.Metadata)
	command.AddCommand(catalogueCommand(), checkCommand())
	return command
}

func catalogueCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "catalogue",
		Short: "Write our signed entry for the service catalogue, from which mandates are registered",
		Args:  cobra.NoArgs,
	}
	command.RunE = publish(command, eherkenning.ServiceCatalogue)
	return command
}

// publish adds the flags of a publication to a command and returns what it runs.
func publish(command *cobra.Command, write func(eherkenning.Settings, eherkenning.Publication) ([]byte, error)) func(*cobra.Command, []string) error {
	p := eherkenning.Publication{}
	flags := command.Flags()
	flags.StringVar(&p.OrganisationName, "organisation", "MijnHelpdeskPO", "our name, at most 64 characters")
	flags.StringVar(&p.ServiceName, "service", "Mijn Helpdesk po", "name of the service, at most 64 characters")
	flags.StringVar(&p.ServiceDescription, "description", "Vragen van scholen en schoolbesturen aan de helpdesk",
		"what the service is, at most 1024 characters")
	flags.StringVar(&p.BrokerOIN, "broker-oin", "", "OIN of the broker, 20 digits (of the catalogue only)")
	flags.StringVar(&p.ServiceInstance, "instance", "", "UUID of our instance of the service (of the catalogue only)")
	return func(cmd *cobra.Command, _ []string) error {
		s, err := readSettings("metadata", os.Environ())
		if err != nil {
			return err
		}
		p.ID, p.IssuedAt = "_"+rand.Text(), time.Now()
		p.OrganisationURL, p.ServiceURL = string(s.PublicURL), string(s.PublicURL)
		p.PrivacyURL = string(s.PublicURL) + "/privacy"
		p.ContactEmail, p.ContactPhone = string(s.HelpdeskMail), string(s.HelpdeskPhone)
		p.OIN = strings.Split(string(s.EHerkenningEntityID), ":")[3]
		document, err := write(s.eherkenningSettings(), p)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", document)
		return err
	}
}

func checkCommand() *cobra.Command {
	var signers string
	command := &cobra.Command{
		Use:   "check FILE",
		Short: "Explain the broker's metadata and what is wrong with it",
		Long: "Explains a file of SAML metadata: who the broker is, where requests and artifacts go, which certificates sign, how\n" +
			"long all of that holds, and everything that is wrong with it. It needs no settings and changes nothing.\n" +
			"With --signers it also checks that one of these certificates (PEM) has signed the file; without, it shows the\n" +
			"fingerprint of the certificate in the file: compare it with what the broker tells you by another way.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			document, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			var trusted certificates
			if signers != "" {
				if trusted, err = readCertificates(signers); err != nil {
					return err
				}
			}
			described, err := eherkenning.Describe(document, trusted, time.Now())
			explain(cmd.OutOrStdout(), described)
			if err != nil {
				return fmt.Errorf("metadata: %s:\n%w", args[0], err)
			}
			return nil
		},
	}
	command.Flags().StringVar(&signers, "signers", "", "file with the certificates that may sign it")
	return command
}

func readCertificates(path string) (all certificates, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := all.UnmarshalText(text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(all) == 0 {
		return nil, errors.New(path + ": holds no certificate")
	}
	return all, nil
}

func explain(out io.Writer, d eherkenning.Description) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(out, "%-22s %s\n", name, value)
		}
	}
	line("broker", d.EntityID)
	line("requests go to", d.SSO)
	line("by", d.SSOBinding)
	line("artifacts resolve at", d.ArtifactURL)
	for i, certificate := range d.Certificates {
		line(fmt.Sprintf("signing certificate %d", i+1), fmt.Sprintf("%s until %s, SHA-256 %s", certificate.Subject,
			certificate.NotAfter.Format(time.DateOnly), eherkenning.Fingerprint(certificate)))
	}
	if !d.ValidUntil.IsZero() {
		line("valid until", d.ValidUntil.Format(time.DateOnly))
	}
	line("shows as its signer", d.SignedBy)
}
