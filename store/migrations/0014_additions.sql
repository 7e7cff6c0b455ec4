-- +goose Up
-- A person who adds an institution to the account.
create table additions (
    id           uuid primary key,
    workflow_id  text not null,
    identity     text not null references identities, -- of the login that is at it now
    person       uuid not null references persons on delete cascade,
    institution  text not null references institutions,
    reference    text not null,
    language     text not null,
    step         text not null,
    since        timestamptz not null,
    deadline     timestamptz not null,
    locked_until timestamptz,
    source       text not null default '', -- by what it is added, as in memberships; empty while nothing counts
    account      uuid references legacy_accounts, -- that proved it
    code         text,                            -- activation code that proved it
    refusal      text not null default '', -- why what was shown did not count although it was right
    ended_at     timestamptz
);
create unique index additions_open on additions (person, institution) where ended_at is null;
create index additions_person on additions (person, institution, since desc);
create index additions_identity on additions (identity);
create index additions_reference on additions (reference);
create index additions_ended on additions (ended_at) where step in ('expired', 'cancelled');

-- 'approval': a representative of the institution said so.
alter table memberships
    drop constraint memberships_source_check,
    add constraint memberships_source_check check (source in ('legacy', 'activation', 'register', 'approval'));

-- The session that a login belongs to, by the hash of its token; null for one that begins a session.
alter table pending_logins add column session bytea;
