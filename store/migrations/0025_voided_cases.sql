-- +goose Up
-- Linkings and additions that something else has ended are swept with those that nobody has finished.
drop index linkings_ended;
create index linkings_ended on linkings (ended_at) where step in ('expired', 'cancelled', 'voided');
drop index additions_ended;
create index additions_ended on additions (ended_at) where step in ('expired', 'cancelled', 'voided');
