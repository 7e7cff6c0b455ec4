-- +goose Up
-- A request for a new password of an account of the old system. Its mails stand in mails, each with its recipient and
-- the SHA-256 of the token in its link.
create table resets (
    id           uuid primary key,
    workflow_id  text not null,
    identity     text not null references identities, -- who asked first
    reference    text not null,
    language     text not null,
    step         text not null,
    since        timestamptz not null,
    deadline     timestamptz not null,
    locked_until timestamptz,
    generation   int not null default 0,              -- of the newest links; those of older ones are void
    asked_at     timestamptz not null,                -- the last time
    key_id       text not null default '',            -- of the tokens of the newest links
    institution  text references institutions,        -- null: what was typed is nothing we know
    account      uuid references legacy_accounts,     -- null while the representative may choose among several
    ended_at     timestamptz
);
create index resets_identity on resets (identity);
create index resets_reference on resets (reference);
create index resets_open on resets (institution) where ended_at is null;
create index resets_account on resets (account);
create index resets_ended on resets (ended_at);

-- When a reset gave the account the password that it has; null for the password of the old system, and without one.
alter table legacy_accounts add column password_set_at timestamptz;
