-- +goose Up
-- Why representatives are asked.
alter table approvals add column ground text not null default 'organisation'
    check (ground in (
        'organisation', -- the organisation of the login is not the board
        'held',         -- it is, but somebody else holds the account
        'contact'       -- it is, but no register has the person as contact
    ));
