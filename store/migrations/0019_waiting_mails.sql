-- +goose Up
create index mails_waiting on mails (requested_at) where state in ('queued', 'late'); -- how long mails wait
