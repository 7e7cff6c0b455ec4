package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"koppel/devstack"
)

// agents work at the helpdesk of the demo, where some acts take two of them, and on its parts.
var agents = []struct{ name, role string }{{"annabel", "helpdesk"}, {"berend", "helpdesk"}, {"otto", "operator"}}

// letterOf is the school without an account that has a letter with an activation code.
const letterOf = "04AP"

// hire lets each agent have a file with the settings of koppel and their token, for a shell; and one letter be made.
func hire(ctx context.Context, stack *devstack.Stack, dir string) error {
	tokens := make(map[string]string, len(agents))
	for _, agent := range agents {
		token, err := tokenOf(ctx, stack, dir, agent.name, agent.role)
		if err != nil {
			return err
		}
		tokens[agent.name] = token
		settings := strings.Join(stack.SettingsOf(token), "'\nexport '")
		if err := os.WriteFile(settingsOf(dir, agent.name), []byte("export '"+settings+"'\n"), 0o600); err != nil {
			return err
		}
	}
	return makeLetter(ctx, stack, dir, tokens[agents[0].name])
}

// tokenOf is the token of an agent, who is hired at the first start.
func tokenOf(ctx context.Context, stack *devstack.Stack, dir, name, role string) (string, error) {
	path := filepath.Join(dir, name+".token")
	kept, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return string(kept), err
	}
	printed, err := stack.Run(ctx, "agent", "add", name, "--role", role)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(printed)
	return token, os.WriteFile(path, []byte(token), 0o600)
}

func makeLetter(ctx context.Context, stack *devstack.Stack, dir, token string) error {
	if _, err := os.Stat(letter(dir)); err == nil {
		return nil
	}
	_, err := stack.RunAs(ctx, token, "helpdesk", "code", "issue", letterOf, "--reason", "new_institution", "--ticket", "DEMO-101",
		"--letter", letter(dir))
	return err
}

func letter(dir string) string {
	return filepath.Join(dir, fmt.Sprintf("activatiecode-%s.html", letterOf))
}

func settingsOf(dir, agent string) string { return filepath.Join(dir, agent+".sh") }
