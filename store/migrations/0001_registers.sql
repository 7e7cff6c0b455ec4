-- +goose Up
create table institutions (
    code  text primary key check (code ~ '^([0-9]{2}[A-Z]{2}|[0-9]{5})$'),
    kind  text not null check (kind in ('school', 'board')),
    name  text not null,
    place text not null default '',
    board text references institutions deferrable initially deferred, -- of a school
    kvk   text check (kvk ~ '^[0-9]{8}$')                             -- of a board; null where the register has none
);
create index institutions_board on institutions (board);
create index institutions_kvk on institutions (kvk);

create table persons (
    id         uuid primary key default gen_random_uuid(),
    email      text not null, -- confirmed by PIN
    language   text not null,
    created_at timestamptz not null
);

create table legacy_accounts (
    id            uuid primary key default gen_random_uuid(),
    username      text not null,
    username_key  text not null unique, -- lower case, trimmed: how people type it
    email         text not null,
    institution   text not null references institutions,
    password_hash text,                 -- null once linked
    person        uuid references persons,
    linked_at     timestamptz,
    check ((person is null) = (linked_at is null)),
    check (person is null or password_hash is null)
);
create index legacy_accounts_institution on legacy_accounts (institution);

create table memberships (
    person      uuid not null references persons on delete cascade,
    institution text not null references institutions,
    source      text not null check (source in ('legacy', 'activation', 'register')),
    since       timestamptz not null,
    primary key (person, institution)
);

create table identities (
    hash          text primary key,  -- keyed hash of acting subject and organisation; also in the workflow id
    sealed        bytea not null,    -- the acting subject as the broker gave it
    kvk           text not null,
    organisation  text not null default '',
    level         text not null,
    supplier      text not null,
    person        uuid references persons,
    last_login_at timestamptz not null
);
create index identities_person on identities (person);
