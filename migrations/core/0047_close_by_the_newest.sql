-- As it was, but that the database itself refuses to close a call whose rights or rules are others than those it began with: so this
-- statement can be sent together with the commit, which then undoes the call.
drop function core.close_call(jsonb, text, text[], text, text, jsonb);
create function core.close_call(p_entry jsonb, p_body text, p_schemas text[], p_key text, p_answer text, p_events jsonb, p_seen bigint)
returns void language plpgsql as $$
declare
  now_is bigint := core.finish_call(p_entry, p_body, p_schemas, p_key, p_answer, p_events)::bigint;
begin
  now_is := coalesce(now_is, current_setting('troupe.rights_before', true)::bigint);
  if now_is is distinct from p_seen then
    raise exception 'rights have changed from version % to %', p_seen, now_is using errcode = 'TR006', constraint = 'rights_as_seen';
  end if;
end $$;

-- As it was, but that it never reads a whole table: a plan that was made while the record was short would do that, for each changed
-- row, until the record is analysed again.
create or replace function core.guard() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  if not exists (
    select from core.audit_entries entry
    where entry.at = now() and entry.call_id = new.call_id and entry.xid = pg_current_xact_id()
      and entry.epoch = (select one.epoch from core.epoch one where one.single)
  ) then
    raise exception 'a change of %.% has no audit row of its call', new.schema_name, new.table_name using errcode = 'TR001', constraint = 'audited';
  end if;
  return null;
end $$;

-- As it was, but that nobody is woken for an event to which nobody listens: who notifies waits at the commit for every other who does.
create or replace function core.tell(p_call uuid, p_request text, p_tainted boolean, p_events jsonb) returns void language plpgsql as $$
declare
  event record;
  position bigint;
  stored bigint;
  is_due boolean := false;
begin
  -- subjects are locked in one order, so that two calls cannot wait for each other
  for event in
    select e.* from jsonb_to_recordset(p_events) as e (place integer, name text, plugin text, subject text, payload text, trace text, subscriptions jsonb)
    order by e.plugin, e.subject, e.place
  loop
    insert into core.subjects as s (plugin, subject, sequence) values (event.plugin, event.subject, 1)
      on conflict (plugin, subject) do update set sequence = s.sequence + 1 returning s.sequence into position;
    insert into core.outbox (name, plugin, subject, sequence, payload, call_id, request_id, trace, tainted)
      values (event.name, event.plugin, event.subject, position, event.payload, p_call, p_request, event.trace, p_tainted)
      returning id into stored;
    insert into core.deliveries (event_id, subscription, subject, blocks)
      select stored, d ->> 'name', event.plugin || '/' || event.subject, (d ->> 'blocks')::boolean from jsonb_array_elements(event.subscriptions) d;
    is_due := is_due or found;
  end loop;
  if is_due then
    perform pg_notify('troupe_outbox', '');
  end if;
end $$;
