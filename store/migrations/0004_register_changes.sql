-- +goose Up
-- An institution that has closed stays: people and accounts refer to it. successor is the one it was merged into, which
-- is never itself merged: whoever merges it passes its predecessors on.
alter table institutions
    add column closed_on date,
    add column successor text references institutions,
    add check (successor is null or closed_on is not null),
    add check (successor <> code);
create index institutions_successor on institutions (successor) where successor is not null;

-- Who may decide for an institution, and who is registered as its contact person. An address as it is written to; one
-- that differs in case only is the same.
create table representatives (
    institution text not null references institutions,
    email       text not null
);
create unique index representatives_email on representatives (institution, lower(email));

create table contacts (
    institution text not null references institutions,
    email       text not null
);
create unique index contacts_email on contacts (institution, lower(email));
create index contacts_by_email on contacts (lower(email));

-- What became of an institution that people work for, and who has to be told.
create table register_changes (
    id           uuid primary key default gen_random_uuid(),
    kind         text not null check (kind in ('merged', 'closed', 'moved')),
    institution  text not null references institutions,
    other        text references institutions, -- what it was merged into, or the board it has moved to
    effective_on date,                         -- of merged and closed
    at           timestamptz not null,
    check ((kind = 'closed') = (other is null)),
    check ((kind = 'moved') = (effective_on is null))
);

create table register_notices (
    id         uuid primary key default gen_random_uuid(), -- also the case of its mail, and in the workflow id
    change     uuid not null references register_changes,
    person     uuid not null references persons on delete cascade,
    settled_at timestamptz,                                -- the mail was accepted, or refused for good
    unique (change, person)
);
create index register_notices_person on register_notices (person);
create index register_notices_unsettled on register_notices (id) where settled_at is null;

create index memberships_institution on memberships (institution);

-- A password that has proved an account never does so again, also when the account is unlinked: it is not imported anew.
alter table legacy_accounts add column password_ended_at timestamptz;
update legacy_accounts set password_ended_at = linked_at where linked_at is not null;
