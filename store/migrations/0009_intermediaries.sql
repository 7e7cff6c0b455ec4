-- +goose Up
-- Who acts for the organisation in a chain mandate, by KvK number; empty for a direct mandate.
alter table identities add column intermediary text not null default '';
