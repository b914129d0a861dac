-- Which rows hold words from outside. A run that reads one of them is tainted: the taint of the call that wrote a row stays with the row
-- until a person says that its words are the house's own. A call whose words are all the house's own writes nothing here.
create table core.untrusted_rows (
  table_name text not null, -- `schema.table`
  key text not null, -- as core.changes names it
  call_id uuid not null, -- which wrote it
  at timestamptz not null default now(),
  primary key (table_name, key, call_id)
);
create index on core.untrusted_rows (call_id);
grant select, insert on core.untrusted_rows to troupe_app;

-- Whether a change brings words. Numbers, times and ids of hexadecimal digits are none. What capture leaves out may be words.
create function core.brings_words(p_table regclass, p_before text, p_after text) returns boolean language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
      select from jsonb_each_text(p_after::jsonb) n
      where n.value is distinct from p_before::jsonb ->> n.key and (n.value ~* '[g-z]' or n.value ~ '[^\x01-\x7f]'))
    or (select count(*) from jsonb_object_keys(p_after::jsonb)) <
      (select count(*) from pg_attribute a where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped)
$$;

-- Marks rows that this call wrote: all of them, or those of some tables.
create function core.mark_untrusted(p_call uuid, p_tables text[]) returns void language sql set search_path = pg_catalog, pg_temp as $$
  insert into core.untrusted_rows (table_name, key, call_id)
  select distinct c.schema_name || '.' || c.table_name, c.key, p_call from core.changes c
  where c.call_id = p_call and c.operation <> 'delete' and c.schema_name <> 'core'
    and (p_tables is null or c.schema_name || '.' || c.table_name = any (p_tables))
    and core.brings_words(format('%I.%I', c.schema_name, c.table_name)::regclass, c.before, c.after)
  on conflict do nothing
$$;

-- A person has read what a row says, and answers for it. False: it is not marked.
create function core.trust_row(p_table text, p_key text) returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if core.current_call() is null then
    raise exception 'a row of % was trusted outside a call', p_table using errcode = 'TR003', constraint = 'in_a_call';
  end if;
  delete from core.untrusted_rows where table_name = p_table and key = p_key;
  if not found then
    return false;
  end if;
  insert into core.changes (call_id, schema_name, table_name, key, operation)
    values (core.current_call(), 'core', 'untrusted_rows', p_table || '/' || p_key, 'delete');
  return true;
end $$;

-- `p_entry` says beside the columns of the record where the words come from: `untrusted` is true (all rows) or a list of tables, `copies`
-- a list of { from, keys, into }: rows of `into` hold words of the rows of `from` with these keys.
create or replace function core.finish_call(p_entry jsonb, p_body text, p_schemas text[], p_key text, p_answer text, p_events jsonb) returns text language plpgsql as $$
declare
  call uuid := (p_entry ->> 'call_id')::uuid;
  is_untrusted boolean := (p_entry ->> 'tainted')::boolean or coalesce(p_entry -> 'untrusted' = 'true', false);
  copy record;
  stray text;
  rights text;
begin
  select c.schema_name || '.' || c.table_name into stray from core.changes c where c.call_id = call and c.schema_name <> all (p_schemas) limit 1;
  if stray is not null then
    raise exception '% belongs to another plugin', stray using errcode = 'TR004', constraint = 'own_tables';
  end if;
  if is_untrusted then
    perform core.mark_untrusted(call, null);
  elsif jsonb_typeof(p_entry -> 'untrusted') = 'array' then
    perform core.mark_untrusted(call, array(select jsonb_array_elements_text(p_entry -> 'untrusted')));
  end if;
  if not is_untrusted and p_entry ? 'copies' then
    for copy in select c.* from jsonb_to_recordset(p_entry -> 'copies') as c ("from" text, keys text[], "into" text[]) loop
      if exists (select from core.untrusted_rows r where r.table_name = copy."from" and r.key = any (copy.keys)) then
        perform core.mark_untrusted(call, copy."into");
      end if;
    end loop;
  end if;
  if p_key is not null then
    update core.idempotency set answer = p_answer where actor = p_entry ->> 'actor' and key = p_key;
  end if;
  perform core.record_call(p_entry, p_body);
  set constraints all immediate;
  if jsonb_array_length(p_events) > 0 then
    perform core.tell(call, p_entry ->> 'request_id', is_untrusted, p_events);
  end if;
  -- what this call itself has changed holds from its commit on
  select r.version::text into rights from core.rights r where r.xmin <> pg_current_xact_id()::xid;
  return rights;
end $$;
