-- +goose Up
-- What an agent may see of the address of a PIN: first letter and domain. Empty for PINs of before.
alter table pins add column masked text not null default '';

-- An agent proposes another address for the PIN of a case; another agent confirms it.
create table corrections (
    case_id     uuid primary key,
    address     bytea not null, -- sealed
    proposed_by uuid not null references agents,
    proposed_at timestamptz not null
);

-- Why a change of address ended, where its person has to be told.
alter table email_changes add column refusal text not null default '';
