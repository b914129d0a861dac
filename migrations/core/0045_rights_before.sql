-- A call that itself changes rights is told at its end which version it changed: the row is locked from the change on, so that this is final.
-- Where it is another one than the call began with, somebody else has changed rights meanwhile, and the call begins anew.
create or replace function core.rights_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  before bigint;
begin
  update core.rights set version = version + 1 returning version - 1 into before;
  if coalesce(current_setting('troupe.rights_before', true), '') = '' then
    perform set_config('troupe.rights_before', before::text, true);
  end if;
  perform pg_notify('troupe_rights', '');
  return null;
end $$;

-- As core.finish_call; `seen` is the version of rights that holds, or, where this call has changed it, the one before.
create function core.close_call(p_entry jsonb, p_body text, p_schemas text[], p_key text, p_answer text, p_events jsonb)
returns table (seen text, is_own boolean) language plpgsql as $$
begin
  seen := core.finish_call(p_entry, p_body, p_schemas, p_key, p_answer, p_events);
  is_own := seen is null;
  if is_own then
    seen := current_setting('troupe.rights_before', true);
  end if;
  return next;
end $$;
