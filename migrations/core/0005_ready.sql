-- Whether a change could be captured now: a row that says nothing, for a transaction that is rolled back. The application may insert no other.
create function core.probe_changes(p_call uuid) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into core.changes (call_id, schema_name, table_name, key, operation) values (p_call, 'core', 'ready', '', 'insert')
$$;
revoke execute on function core.probe_changes(uuid) from public;
grant execute on function core.probe_changes(uuid) to troupe_app;
