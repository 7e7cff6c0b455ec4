-- +goose Up
-- What proved the case: an account, or an activation code, and the institution that either is for.
alter table linkings
    add column institution text references institutions,
    add column code text;
update linkings l set institution = a.institution from legacy_accounts a where a.id = l.account;

-- A question to the representatives of an institution: may the organisation of this login act for it?
create table approvals (
    case_id      uuid not null,
    number       int not null,           -- 1, 2, … within the case
    kind         text not null check (kind in ('linking', 'addition')),
    workflow_id  text not null,
    identity     text not null references identities,
    reference    text not null,
    institution  text not null references institutions,
    subject      text not null,          -- what the login wants to use: the account or activation code, or the institution
    address      bytea not null,         -- of whoever waits; sealed
    language     text not null,
    key_id       text not null,          -- of the tokens in the newest mails
    paused       timestamptz not null,   -- deadline of the case when it began to wait
    requested_at timestamptz not null,
    reminded_at  timestamptz,
    expires_at   timestamptz not null,
    proposal     text check (proposal in ('approved', 'refused')), -- of an agent; another agent confirms it
    proposed_by  text,
    decision     text check (decision in ('approved', 'refused', 'lapsed', 'withdrawn')),
    decided_at   timestamptz,
    decided_by   text,                   -- representative, the id of the agent who confirmed, or the person who waited
    primary key (case_id, number),
    check ((proposal is null) = (proposed_by is null)),
    check ((decision is null) = (decided_at is null))
);
create unique index approvals_open on approvals (case_id) where decision is null;
create index approvals_identity on approvals (identity);
create index approvals_reference on approvals (reference);

-- A mail to somebody else than the person of the case says here to whom; one with a link keeps the SHA-256 of the token
-- in it for as long as the link is good for something.
alter table mails
    add column recipient text,
    add column link bytea;
create unique index mails_link on mails (link);
