-- +goose Up
alter table pending_logins add column back text not null default '';  -- the page that asked for the login

-- What somebody typed at the link page, for after a new login.
create table drafts (
    identity   text primary key references identities on delete cascade,
    sealed     bytea not null,
    saved_at   timestamptz not null,
    expires_at timestamptz not null
);
create index drafts_expires on drafts (expires_at);
