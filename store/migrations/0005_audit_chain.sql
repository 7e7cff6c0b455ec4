-- +goose Up
-- The chain over the audit: the hash of a row covers the row before it. Positions follow the order of commits, which
-- is not the order of ids.
create table audit_chain (
    position   bigint primary key check (position > 0),
    audit_id   bigint not null unique, -- no reference: the last swept position keeps its hash
    hash       bytea not null check (length(hash) = 32),
    chained_at timestamptz not null
);

-- Rows that the chain does not have yet. It is filled by the transaction that writes the row, so one that commits late
-- is found here late, whatever its id.
create table audit_pending (
    audit_id bigint primary key references audit
);
insert into audit_pending select id from audit;

-- +goose StatementBegin
create function audit_await_chain() returns trigger language plpgsql as $$
begin
    insert into audit_pending values (new.id);
    return null;
end $$;
-- +goose StatementEnd
create trigger audit_await_chain after insert on audit for each row execute function audit_await_chain();

-- The audit is append only. Retention may delete what is 13 months old; the day less leaves room for clocks that differ.
-- +goose StatementBegin
create function audit_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if (to_jsonb(old) ->> tg_argv[0])::timestamptz < now() - interval '396 days' then
            return old;
        end if;
    end if;
    raise exception '% is append only', tg_table_name;
end $$;
-- +goose StatementEnd
create trigger audit_append_only before update or delete on audit
    for each row execute function audit_append_only('at');
create trigger audit_keep before truncate on audit
    for each statement execute function audit_append_only();
create trigger audit_chain_append_only before update or delete on audit_chain
    for each row execute function audit_append_only('chained_at');
create trigger audit_chain_keep before truncate on audit_chain
    for each statement execute function audit_append_only();

-- Who and from where: goes with its row at the latest.
alter table audit_subjects add column at timestamptz not null default now();
update audit_subjects s set at = a.at from audit a where a.id = s.audit_id;
alter table audit_subjects drop constraint audit_subjects_audit_id_fkey;
alter table audit_subjects add foreign key (audit_id) references audit on delete cascade;
create index audit_subjects_ip on audit_subjects (at) where ip <> '';

-- What the hourly sweep looks for.
create index linkings_ended on linkings (ended_at) where step in ('expired', 'cancelled');
create index pins_created on pins (created_at);
create index mails_requested on mails (requested_at);
create index identities_unfinished on identities (last_login_at) where person is null;
