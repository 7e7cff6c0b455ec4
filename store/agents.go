package store

import (
	"context"
	"database/sql"
	"time"
)

// Agent is somebody who acts for the helpdesk, or keeps the system running.
type Agent struct {
	ID        string       `db:"id"`
	Name      string       `db:"name"`
	Role      string       `db:"role"`
	CreatedAt time.Time    `db:"created_at"`
	RevokedAt sql.NullTime `db:"revoked_at"`
}

const agentColumns = `id, name, role, created_at, revoked_at`

// AddAgent makes an agent. Conflict when one with that name is at work.
func (t *Tx) AddAgent(ctx context.Context, name, role string, tokenHash []byte, now time.Time) (Agent, error) {
	var added Agent
	err := t.tx.GetContext(ctx, &added, `
		insert into agents (name, role, token_hash, created_at) values ($1, $2, $3, $4)
		returning `+agentColumns, name, role, tokenHash, now)
	return added, translate("add agent", err)
}

// RevokeAgent takes the token of the agent at work with that name. NotFound when there is none.
func (t *Tx) RevokeAgent(ctx context.Context, name string, now time.Time) (Agent, error) {
	var revoked Agent
	err := t.tx.GetContext(ctx, &revoked, `
		update agents set revoked_at = $2 where lower(name) = lower($1) and revoked_at is null
		returning `+agentColumns, name, now)
	return revoked, translate("revoke agent", err)
}

// Agents lists all agents, those at work first, then by name.
func (s *Store) Agents(ctx context.Context) ([]Agent, error) {
	var found []Agent
	err := s.db.SelectContext(ctx, &found, `
		select `+agentColumns+` from agents order by revoked_at is not null, lower(name), created_at`)
	return found, translate("list agents", err)
}

// AgentByToken returns the agent at work with that token. NotFound when there is none.
func (s *Store) AgentByToken(ctx context.Context, tokenHash []byte) (Agent, error) {
	var found Agent
	err := s.db.GetContext(ctx, &found, `
		select `+agentColumns+` from agents where token_hash = $1 and revoked_at is null`, tokenHash)
	return found, translate("find agent", err)
}

// Agent returns the agent at work with that id, who cannot be revoked before this transaction ends. NotFound when
// there is none.
func (t *Tx) Agent(ctx context.Context, id string) (Agent, error) {
	var found Agent
	err := t.tx.GetContext(ctx, &found, `
		select `+agentColumns+` from agents where id = $1 and revoked_at is null for share`, id)
	return found, translate("find agent", err)
}
