-- A person answers for the words that they have read: the marks of a row as the list showed them, and no mark that came since.
create function core.marks_seen(p_calls uuid[]) returns text language sql immutable set search_path = pg_catalog, pg_temp as $$
  select md5(array_to_string(array(select c from unnest(p_calls) c order by c), ' '))
$$;

drop function core.trust_row(text, text);
-- `trusted`; `missing`, where it is not marked; `rewritten`, where it holds other words from outside than those that were seen.
create function core.trust_row(p_table text, p_key text, p_seen text) returns text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  calls uuid[];
begin
  if core.current_call() is null then
    raise exception 'a row of % was trusted outside a call', p_table using errcode = 'TR003', constraint = 'in_a_call';
  end if;
  select array_agg(r.call_id) into calls from core.untrusted_rows r where r.table_name = p_table and r.key = p_key;
  if calls is null then
    return 'missing';
  end if;
  if core.marks_seen(calls) <> p_seen then
    return 'rewritten';
  end if;
  delete from core.untrusted_rows where table_name = p_table and key = p_key and call_id = any (calls);
  insert into core.changes (call_id, schema_name, table_name, key, operation)
    values (core.current_call(), 'core', 'untrusted_rows', p_table || '/' || p_key, 'delete');
  return 'trusted';
end $$;
revoke execute on function core.trust_row(text, text, text) from public;
grant execute on function core.trust_row(text, text, text) to troupe_app;
