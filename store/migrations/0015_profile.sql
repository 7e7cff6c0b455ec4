-- +goose Up
-- Since when an identity belongs to its person; gone with the person.
alter table identities add column linked_at timestamptz;
update identities i
set linked_at = coalesce((select min(m.since) from memberships m where m.person = i.person), i.last_login_at)
where i.person is not null;
alter table identities add check ((person is null) = (linked_at is null));

-- A person changes the confirmed address: a PIN goes to the new one.
create table email_changes (
    id           uuid primary key,
    workflow_id  text not null,
    identity     text not null references identities, -- that asked for it
    person       uuid not null references persons on delete cascade,
    former       bytea not null,                      -- the address until then, sealed
    reference    text not null,
    language     text not null,
    step         text not null,
    since        timestamptz not null,
    deadline     timestamptz not null,
    generation   int not null default 0, -- of the newest PIN
    locked_until timestamptz,
    ended_at     timestamptz
);
create unique index email_changes_open on email_changes (person) where ended_at is null;
create index email_changes_person on email_changes (person, since desc);
create index email_changes_identity on email_changes (identity);
create index email_changes_reference on email_changes (reference);
create index email_changes_ended on email_changes (ended_at) where ended_at is not null;
