-- +goose Up
-- The settings that a program last started with, as keyed hashes: the audit tells which of them have changed.
create table settings_seen (
    program text not null,
    name    text not null,
    hash    text not null,
    primary key (program, name)
);
