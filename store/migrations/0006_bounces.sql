-- +goose Up
alter table mails
    drop constraint mails_state_check,
    add constraint mails_state_check check (state in ('queued', 'late', 'sent', 'refused', 'bounced', 'superseded')),
    add column token text,         -- names the mail in its Message-ID and its bounce address; a keyed hash
    add column bounced_at timestamptz,
    add column bounce_status text; -- enhanced status code (RFC 3463): 5.1.1
create unique index mails_token on mails (token);
