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

-- An agent takes an identity from its person, and another agent confirms it. Reported: the person asked for it.
create table unlinkings (
    id           uuid primary key,
    workflow_id  text not null,
    identity     text not null references identities,
    person       uuid references persons on delete set null, -- whose it was when the case began
    reference    text not null,
    language     text not null,
    step         text not null,
    since        timestamptz not null,
    deadline     timestamptz not null,
    reported     boolean not null,
    proposed_by  uuid references agents,
    proposed_at  timestamptz,
    reason       text not null default '', -- of the proposal
    confirmed_by uuid references agents,
    coded        boolean not null default false, -- a new activation code stood ready when it was done
    ended_at     timestamptz,
    check ((proposed_by is null) = (proposed_at is null)),
    check (confirmed_by is null or confirmed_by <> proposed_by)
);
create unique index unlinkings_open on unlinkings (identity) where ended_at is null;
create index unlinkings_identity on unlinkings (identity);
create index unlinkings_person on unlinkings (person);
create index unlinkings_reference on unlinkings (reference);
create index unlinkings_ended on unlinkings (ended_at) where ended_at is not null;
