-- As it was, and: where a handler's statements were sent right behind it (`p_seen`: by these rights), it fails where rights are others or the
-- key was used, so that nothing of what stands behind is executed. And whoever must know whether this call has ended can wait for that.
drop function core.begin_call(uuid, text, text, text, text, timestamptz, integer);
create function core.begin_call(p_call uuid, p_actor text, p_key text, p_action text, p_digest text, p_at timestamptz, p_lasts_seconds integer, p_seen bigint)
returns table (rights_version bigint, fresh boolean, same boolean, answer text, first_call uuid) language plpgsql as $$
declare
  first core.idempotency;
begin
  perform set_config('troupe.call', p_call::text, true);
  perform pg_advisory_xact_lock(core.lock_of(p_call));
  rights_version := (select one.version from core.rights one);
  if rights_version <> p_seen then
    raise exception 'rights have changed from version % to %', p_seen, rights_version using errcode = 'TR007';
  end if;
  fresh := true;
  if p_key is not null then
    -- a key older than p_lasts_seconds (null: none is) begins anew
    insert into core.idempotency as known (actor, key, action, digest, call_id, at) values (p_actor, p_key, p_action, p_digest, p_call, p_at)
      on conflict (actor, key) do update
        set action = excluded.action, digest = excluded.digest, call_id = excluded.call_id, answer = null, at = excluded.at
        where known.at < p_at - make_interval(secs => p_lasts_seconds);
    if not found then
      if p_seen is not null then
        raise exception 'the key was used' using errcode = 'TR007';
      end if;
      select * into first from core.idempotency i where i.actor = p_actor and i.key = p_key;
      fresh := false;
      same := first.action = p_action and first.digest = p_digest;
      answer := first.answer;
      first_call := first.call_id;
    end if;
  end if;
  return next;
end $$;

-- The same of a read: the version of rights and rules, which must be `p_seen` unless that is null.
create function core.begin_read(p_seen bigint) returns bigint language plpgsql as $$
declare
  now_is bigint := (select one.version from core.rights one);
begin
  if now_is <> p_seen then
    raise exception 'rights have changed from version % to %', p_seen, now_is using errcode = 'TR007';
  end if;
  return now_is;
end $$;

create function core.lock_of(p_call uuid) returns bigint language sql immutable as $$ select hashtextextended(p_call::text, 0) $$;

-- A terminal row for a call that has none. One that is being closed by a connection that nobody reads any more ends first, if that takes no
-- longer than two seconds: else it has this row and may have another one.
create function core.record_unless_ended(p_entry jsonb, p_body text) returns void language plpgsql set lock_timeout = '2s' as $$
declare
  about uuid := p_entry ->> 'call_id';
begin
  begin
    perform pg_advisory_xact_lock(core.lock_of(about));
  exception when lock_not_available then
    null;
  end;
  if not exists (select from core.audit_entries entry where entry.call_id = about and entry.outcome <> 'initiated') then
    perform core.record_call(p_entry, p_body);
  end if;
end $$;
