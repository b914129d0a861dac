-- Erasure of personal data: the one change of the record that the database allows is that a text is emptied. Its hash stands in the sealed log.
-- Each emptied text is named by a change of the call that emptied it, so that the guard asks for that call's row; and only what the kernel
-- itself does may write changes of the schema `core`.
create function core.refuse_unless_emptied() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  was jsonb := to_jsonb(old);
  is_now jsonb;
begin
  if tg_op = 'UPDATE' then
    is_now := to_jsonb(new);
    if is_now - tg_argv = was - tg_argv and not exists (
      select from unnest(tg_argv) c (name)
      where is_now -> c.name <> was -> c.name and (is_now ->> c.name is distinct from '' or was ->> c.name is null)
    ) then
      return new;
    end if;
  end if;
  raise exception '% of %.% is refused', tg_op, tg_table_schema, tg_table_name using errcode = 'TR002', constraint = 'immutable';
end $$;

-- A row trigger, which partitions have too: whoever updates one of them by its own name leaves the same change.
create function core.record_emptied() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if core.current_call() is null then
    raise exception '%.% was emptied outside a call', tg_table_schema, tg_argv[0] using errcode = 'TR003', constraint = 'in_a_call';
  end if;
  insert into core.changes (call_id, schema_name, table_name, key, operation)
    values (core.current_call(), 'core', tg_argv[0], core.emptied_key(old.at, to_jsonb(old) ->> tg_argv[1], to_jsonb(old) ->> tg_argv[2]), 'update');
  return null;
end $$;

-- By what a change names an emptied text: its time to the microsecond, and the rest of its key.
create function core.emptied_key(p_at timestamptz, p_one text, p_other text) returns text language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '/' || p_one || coalesce('/' || p_other, '')
$$;

drop trigger immutable on core.audit_bodies;
drop trigger immutable on core.changes;
create trigger immutable before update or delete on core.audit_bodies for each row execute function core.refuse_unless_emptied('body');
create trigger immutable before update or delete on core.changes for each row execute function core.refuse_unless_emptied('before', 'after');
create trigger emptied after update on core.audit_bodies for each row execute function core.record_emptied('audit_bodies', 'call_id', 'outcome');
create trigger emptied after update on core.changes for each row execute function core.record_emptied('changes', 'id');

grant update (body) on core.audit_bodies to troupe_app;
grant update (before, after) on core.changes to troupe_app;
