-- +goose Up
-- Codes of institutions that have no account. A code is its selector and a secret; the secret is in a letter only.
create table activation_codes (
    id          uuid primary key default gen_random_uuid(),
    selector    text not null check (selector ~ '^[0-9A-HJKMNP-TV-Z]{4}$'),
    secret_hash text not null, -- argon2id
    institution text not null references institutions,
    issued_at   timestamptz not null,
    expires_at  timestamptz not null,
    used_at     timestamptz,
    voided_at   timestamptz,   -- replaced by a newer one, by an agent, or by an unlink
    check (used_at is null or voided_at is null)
);
create unique index activation_codes_live on activation_codes (selector) where used_at is null and voided_at is null;
create unique index activation_codes_of on activation_codes (institution) where used_at is null and voided_at is null;
create index activation_codes_selector on activation_codes (selector, issued_at desc);
create index activation_codes_institution on activation_codes (institution, issued_at desc);
