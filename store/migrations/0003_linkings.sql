-- +goose Up
create table linkings (
    id           uuid primary key,
    workflow_id  text not null,
    identity     text not null references identities,
    reference    text not null,
    language     text not null,
    step         text not null,
    since        timestamptz not null,
    deadline     timestamptz not null,
    account      uuid references legacy_accounts,
    proved_at    timestamptz,
    generation   int not null default 0,  -- of the newest PIN
    locked_until timestamptz,
    refusal      text not null default '', -- why the last proof did not count although it was right
    ended_at     timestamptz
);
create unique index linkings_open on linkings (identity) where ended_at is null;
create index linkings_reference on linkings (reference);
create index linkings_identity on linkings (identity, since desc);

create table pins (
    linking     uuid not null references linkings on delete cascade,
    generation  int not null,
    key_id      text not null,
    nonce       bytea not null,
    address     bytea not null,  -- sealed
    tries       int not null default 0,
    created_at  timestamptz not null,
    accepted_at timestamptz,
    expires_at  timestamptz,
    voided_at   timestamptz,
    confirmed_at timestamptz,
    confirmed_by bytea,         -- hash of the session token that typed it back
    primary key (linking, generation)
);

create table mails (
    case_id      uuid not null,
    kind         text not null,
    number       int not null,
    generation   int not null default 0, -- of the PIN in it
    state        text not null check (state in ('queued', 'late', 'sent', 'refused', 'superseded')),
    requested_at timestamptz not null,
    accepted_at  timestamptz,
    refusal_code int,
    primary key (case_id, kind, number)
);

create table handovers (
    id          text primary key,
    workflow_id text not null,
    sealed      bytea not null,
    created_at  timestamptz not null,
    expires_at  timestamptz not null
);
create index handovers_expires on handovers (expires_at);

create table outcomes (
    workflow_id text not null,
    update_id   text not null,
    result      jsonb not null,
    at          timestamptz not null,
    primary key (workflow_id, update_id)
);
create index outcomes_at on outcomes (at);

create table attempts (
    scope        text not null,
    subject      text not null,
    failures     int not null default 0,
    locks        int not null default 0,
    first_at     timestamptz not null,
    last_at      timestamptz not null,
    locked_until timestamptz,
    primary key (scope, subject)
);
create index attempts_last on attempts (last_at);
