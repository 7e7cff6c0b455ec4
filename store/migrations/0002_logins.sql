-- +goose Up
create table pending_logins (
    relay_state text primary key,  -- hash of the handle that travels with the browser
    browser     text not null,     -- hash of the cookie of the browser that started
    request_id  text not null unique,
    language    text not null,
    artifact    text,              -- posted by the broker, waiting for the browser's own GET
    created_at  timestamptz not null,
    expires_at  timestamptz not null
);
create index pending_logins_expires on pending_logins (expires_at);

create table used_assertions (
    id         text primary key,
    expires_at timestamptz not null
);
create index used_assertions_expires on used_assertions (expires_at);

create table sessions (
    token_hash       bytea primary key,
    identity         text not null references identities,
    form_key         bytea not null,    -- signs the nonces of this session's forms
    linked           boolean not null,  -- the token has been renewed since the identity got its person
    institution      text references institutions,
    authenticated_at timestamptz not null,
    last_used_at     timestamptz not null,
    expires_at       timestamptz not null
);
create index sessions_identity on sessions (identity);
create index sessions_expires on sessions (expires_at);

create table audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    event   text not null,
    case_id uuid,
    detail  jsonb not null default '{}'
);
create index audit_case on audit (case_id);
create index audit_at on audit (at);

-- Who did it and from where: kept apart, so that retention and erasure can empty it and leave the audit whole.
create table audit_subjects (
    audit_id bigint primary key references audit,
    identity text not null default '',
    ip       text not null default ''
);
create index audit_subjects_identity on audit_subjects (identity);
