package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/contrib/envconfig"

	"koppel/eherkenning"
	"koppel/mail"
)

// compare finds settings that are right alone and wrong together.
func (r *reading) compare() {
	s := r.settings
	r.refuse(s.SMTPUsername != "" && s.SMTPPassword == "" && r.sound("KOPPEL_SMTP_PASSWORD"),
		"KOPPEL_SMTP_PASSWORD is missing: KOPPEL_SMTP_USERNAME is set, and needs it")
	r.refuse(s.SMTPPassword != "" && s.SMTPUsername == "" && r.sound("KOPPEL_SMTP_USERNAME"),
		"KOPPEL_SMTP_USERNAME is missing: KOPPEL_SMTP_PASSWORD is set, and needs it")
	r.refuse(s.SMTPUsername != "" && s.SMTPTLS != mail.TLSMandatory && r.sound("KOPPEL_SMTP_TLS"),
		"KOPPEL_SMTP_TLS must be mandatory where KOPPEL_SMTP_USERNAME is set: else the password can leave in the clear")
	r.refuse(!s.certificateFits(),
		"KOPPEL_EHERKENNING_CERTIFICATE does not belong to KOPPEL_EHERKENNING_KEY: give the two that were made together")
	if signers := s.EHerkenningMetadataSigners; len(signers) > 0 && s.EHerkenningBrokerMetadata != "" {
		err := eherkenning.CheckMetadata([]byte(s.EHerkenningBrokerMetadata), signers, time.Now())
		r.refuse(err != nil, fmt.Sprintf("%s, KOPPEL_EHERKENNING_METADATA_SIGNERS: %v", brokerMetadata, err))
	}
	r.refuse(!s.handoverFits(),
		"KOPPEL_HANDOVER_PUBLIC_KEY is not the public half of a key in KOPPEL_HANDOVER_KEYS: give the two that were made together")
	r.refuse(s.TemporalAPIKey != "" && slices.Contains([]string{"0", "false"}, strings.ToLower(string(s.TemporalTLS))),
		"TEMPORAL_TLS must not be false where TEMPORAL_API_KEY is set: else the key leaves in the clear")
}

func (r *reading) refuse(wrong bool, fault string) {
	if wrong {
		r.together = append(r.together, errors.New(fault))
	}
}

// sound says that nothing is wrong with a setting alone.
func (r *reading) sound(name string) bool { return r.faults[name] == nil }

func (s settings) certificateFits() bool {
	key, certificate := s.EHerkenningKey.PrivateKey, s.EHerkenningCertificate.Certificate
	if key == nil || certificate == nil {
		return true
	}
	return key.PublicKey.Equal(certificate.PublicKey)
}

func (s settings) handoverFits() bool {
	if len(s.HandoverPublicKey.IDs()) == 0 || len(s.HandoverKeys.IDs()) == 0 {
		return true
	}
	return s.HandoverKeys.Owns(s.HandoverPublicKey)
}

// readTemporal has Temporal's SDK read its own settings, once each is right alone.
func (r *reading) readTemporal() {
	var all, forTLS []string
	for field := range fieldsOf(r.command) {
		name := field.Tag.Get("env")
		if !strings.HasPrefix(name, "TEMPORAL_") {
			continue
		}
		if all = append(all, name); !r.sound(name) {
			return
		}
		if strings.HasPrefix(name, "TEMPORAL_TLS") && r.environment[name] != "" {
			forTLS = append(forTLS, name)
		}
	}
	if len(all) == 0 {
		return
	}
	profile, err := envconfig.LoadClientConfigProfile(envconfig.LoadClientConfigProfileOptions{EnvLookup: r})
	if err != nil {
		r.together = append(r.together, fmt.Errorf("TEMPORAL_CONFIG_FILE or TEMPORAL_PROFILE: %w", err))
		return
	}
	if r.settings.TemporalClient, err = profile.ToClientOptions(envconfig.ToClientOptionsRequest{}); err != nil {
		r.together = append(r.together, fmt.Errorf("%s: %w", strings.Join(forTLS, ", "), err))
	}
}

// LookupEnv implements envconfig.EnvLookup.
func (r *reading) LookupEnv(name string) (string, bool) {
	value, isSet := r.environment[name]
	return value, isSet
}

// Environ implements envconfig.EnvLookup.
func (r *reading) Environ() (list []string) {
	for name, value := range r.environment {
		list = append(list, name+"="+value)
	}
	return list
}
