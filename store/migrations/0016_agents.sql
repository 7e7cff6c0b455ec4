-- +goose Up
-- Who acts for the helpdesk or keeps the system running. A revoked agent stays: the audit refers to it.
create table agents (
    id         uuid primary key default gen_random_uuid(),
    name       text not null,
    role       text not null check (role in ('helpdesk', 'operator')),
    token_hash bytea not null unique check (length(token_hash) = 32), -- SHA-256 of 256 random bits
    created_at timestamptz not null,
    revoked_at timestamptz
);
create unique index agents_name on agents (lower(name)) where revoked_at is null;

-- A reset may set a password on an account that somebody has linked: it proves the account anew.
alter table legacy_accounts drop constraint legacy_accounts_check1;

-- References stand in the audit where there is no case: of refused logins, and of what agents looked up.
create index audit_reference on audit ((detail ->> 'reference')) where detail ->> 'reference' is not null;
