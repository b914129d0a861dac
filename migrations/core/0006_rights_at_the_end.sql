-- The end of a call says which version of rights holds now, so that whoever was switched off while it worked has done nothing.
drop function core.finish_call(jsonb, text, text[], text, text, jsonb);
create function core.finish_call(p_entry jsonb, p_body text, p_schemas text[], p_key text, p_answer text, p_events jsonb) returns text language plpgsql as $$
declare
  call uuid := (p_entry ->> 'call_id')::uuid;
  stray text;
  rights text;
begin
  select c.schema_name || '.' || c.table_name into stray from core.changes c where c.call_id = call and c.schema_name <> all (p_schemas) limit 1;
  if stray is not null then
    raise exception '% belongs to another plugin', stray using errcode = 'TR004', constraint = 'own_tables';
  end if;
  if p_key is not null then
    update core.idempotency set answer = p_answer where actor = p_entry ->> 'actor' and key = p_key;
  end if;
  perform core.record_call(p_entry, p_body);
  set constraints all immediate;
  if jsonb_array_length(p_events) > 0 then
    perform core.tell(call, p_entry ->> 'request_id', (p_entry ->> 'tainted')::boolean, p_events);
  end if;
  -- what this call itself has changed holds from its commit on
  select r.version::text into rights from core.rights r where r.xmin <> pg_current_xact_id()::xid;
  return rights;
end $$;
