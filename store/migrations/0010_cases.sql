-- +goose Up
-- A PIN confirms an address for any kind of case, not for a linking only.
alter table pins drop constraint pins_linking_fkey;
alter table pins rename column linking to case_id;
