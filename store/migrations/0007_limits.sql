-- +goose Up
create index mails_pin_requested on mails (requested_at) where kind = 'pin'; -- how many are asked for overall
