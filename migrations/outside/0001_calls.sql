-- Calls that change something at an outside server: kept before they are sent, so that none is sent twice without anybody knowing.
create table outside.calls (
  id uuid primary key, -- of the call in the record, where its input stands
  action text not null check (action ~ '^[a-z0-9]+\.[a-z]+(-[a-z0-9]+)*$'),
  actor_id text not null,
  person_id text not null, -- for whom it was made
  state text not null check (state in ('waiting', 'sending', 'done', 'refused', 'failed', 'unknown')),
  answer text check (length(answer) <= 50000), -- words from outside
  is_cut boolean not null default false,
  error_code text,
  error_message text,
  created_at timestamptz not null,
  sent_at timestamptz, -- when it may have left the house
  ended_at timestamptz,
  check ((ended_at is null) = (state in ('waiting', 'sending'))),
  check (state not in ('sending', 'done', 'refused', 'unknown') or sent_at is not null),
  check (state in ('done', 'refused') or answer is null),
  check ((error_code is null) = (state not in ('failed', 'unknown')) and (error_code is null) = (error_message is null))
);
create index on outside.calls (person_id, created_at desc, id desc);
create index on outside.calls (created_at desc, id desc);
create trigger fixed before delete or update of id, action, actor_id, person_id, created_at on outside.calls
  for each row execute function core.refuse();

-- waiting -> sending -> over. Only what nobody knew may still be learnt, and only words may be erased afterwards.
create function outside.check_call() returns trigger language plpgsql as $$
begin
  if (old.state, new.state) in (('waiting', 'sending'), ('waiting', 'failed'), ('sending', 'done'), ('sending', 'refused'), ('sending', 'failed'),
      ('sending', 'unknown'), ('unknown', 'done'), ('unknown', 'refused')) then
    return new;
  end if;
  if old.state = new.state and (new.is_cut, new.error_code, new.error_message, new.sent_at, new.ended_at)
      is not distinct from (old.is_cut, old.error_code, old.error_message, old.sent_at, old.ended_at) and new.answer is null then
    return new;
  end if;
  raise exception 'call % does not go from % to %', new.id, old.state, new.state using errcode = '23514', constraint = 'outside_call_state';
end $$;
create trigger check_call before update on outside.calls for each row execute function outside.check_call();
