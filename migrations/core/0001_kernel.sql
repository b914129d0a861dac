-- What the kernel owns: the record of calls, captured changes with their guard, idempotency, events, jobs' steps, denials.
create extension if not exists vector with schema public;
create extension if not exists pg_trgm with schema public;

do $$ begin
  create role troupe_app nologin;
exception when duplicate_object or unique_violation then null; -- roles belong to the cluster
end $$;

create table core.epoch (
  single boolean primary key default true check (single),
  epoch uuid not null default gen_random_uuid(), -- rewritten at every restore: transaction ids repeat after one
  secret_check text -- tells a process that was given another TROUPE_SECRET
);
insert into core.epoch default values;

create table core.rights (
  single boolean primary key default true check (single),
  version bigint not null default 1
);
insert into core.rights default values;

-- The record --------------------------------------------------------------------------------------------------------
create table core.audit_entries (
  id bigint generated always as identity,
  at timestamptz not null default now(),
  call_id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  epoch uuid not null,
  request_id text not null,
  trace_id text not null,
  kind text not null check (kind in ('action', 'subscription', 'job', 'seed', 'migration')),
  cause text not null, -- the surface, the event or the job that led here
  plugin text not null,
  plugin_version text not null,
  action text not null,
  effect text not null check (effect in ('read', 'write')),
  actor text not null,
  on_behalf_of text,
  credential text, -- the id of a session or token, never its secret
  address text,
  tainted boolean not null,
  outcome text not null check (outcome in ('initiated', 'succeeded', 'failed', 'denied', 'previewed')),
  error text,
  repeats integer not null default 1 check (repeats > 0), -- equal denials counted into this row
  digest text not null, -- keyed digest of the whole input without its secrets
  primary key (at, id)
) partition by range (at);
create table core.audit_entries_other partition of core.audit_entries default;
create index on core.audit_entries (call_id);
create index on core.audit_entries (action, at desc);
create index on core.audit_entries (actor, at desc);
create index on core.audit_entries (trace_id);

create table core.audit_bodies (
  call_id uuid not null,
  at timestamptz not null default now(),
  outcome text not null,
  body text not null, -- RFC 8785 JSON: what is hashed is this text, byte for byte
  primary key (at, call_id, outcome)
) partition by range (at);
create table core.audit_bodies_other partition of core.audit_bodies default;
create index on core.audit_bodies (call_id);

create table core.changes (
  id bigint generated always as identity,
  at timestamptz not null default now(),
  call_id uuid not null,
  schema_name text not null,
  table_name text not null,
  key text not null,
  operation text not null check (operation in ('insert', 'update', 'delete')),
  before text,
  after text,
  primary key (at, id)
) partition by range (at);
create table core.changes_other partition of core.changes default;
create index on core.changes (call_id);
create index on core.changes (schema_name, table_name, key);

-- The partitions of this month and the next three; what no partition covers lands in the default one.
create function core.ensure_partitions() returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  parent text;
  month date;
begin
  foreach parent in array array['audit_entries', 'audit_bodies', 'changes'] loop
    for ahead in 0..3 loop
      month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => ahead))::date;
      continue when to_regclass(format('core.%I', parent || to_char(month, '_YYYY_MM'))) is not null;
      begin
        execute format('create table core.%I partition of core.%I for values from (%L) to (%L)',
          parent || to_char(month, '_YYYY_MM'), parent, month::text || ' 00:00:00+00', (month + interval '1 month')::date::text || ' 00:00:00+00');
      exception when check_violation then null; -- rows of that month stand in the default partition already
      end;
    end loop;
  end loop;
end $$;
select core.ensure_partitions();

create function core.refuse() returns trigger language plpgsql as $$
begin
  raise exception '% of %.% is refused', tg_op, tg_table_schema, tg_table_name using errcode = 'TR002', constraint = 'immutable';
end $$;
create trigger immutable before update or delete on core.audit_entries for each row execute function core.refuse();
create trigger immutable before update or delete on core.audit_bodies for each row execute function core.refuse();
create trigger immutable before update or delete on core.changes for each row execute function core.refuse();
create trigger whole before truncate on core.audit_entries for each statement execute function core.refuse();
create trigger whole before truncate on core.audit_bodies for each statement execute function core.refuse();
create trigger whole before truncate on core.changes for each statement execute function core.refuse();

-- The guard: no captured change is committed without the audit row of its call, written by this very transaction.
create function core.guard() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from core.audit_entries entry
    where entry.call_id = new.call_id and entry.xid = pg_current_xact_id() and entry.epoch = (select one.epoch from core.epoch one)
  ) then
    raise exception 'a change of %.% has no audit row of its call', new.schema_name, new.table_name using errcode = 'TR001', constraint = 'audited';
  end if;
  return null;
end $$;
create constraint trigger guard after insert on core.changes deferrable initially deferred for each row execute function core.guard();

-- Change capture ----------------------------------------------------------------------------------------------------
create function core.current_call() returns uuid language sql stable as $$
  select nullif(current_setting('troupe.call', true), '')::uuid -- '' once it was set in this session
$$;

-- Writes the capture function of one table, its columns spelled out, so that no alias can meet a column's name.
-- Each column is recorded as text: JSON numbers would lose money past 2^53.
create function core.watch(target regclass, unrecorded text[] default '{}') returns void language plpgsql as $watch$
declare
  s text; t text; fn text; keys text[]; columns text;
  row_new text; row_old text; key_new text; key_old text; joined text;
begin
  select n.nspname, c.relname into s, t from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target;
  select array_agg(a.attname order by k.ord) into keys
    from pg_index i, unnest(i.indkey) with ordinality k (num, ord), pg_attribute a
    where i.indrelid = target and i.indisprimary and a.attrelid = target and a.attnum = k.num;
  if keys is null then
    raise exception '%.% has no primary key: it cannot be watched', s, t;
  end if;
  -- jsonb_build_object takes 50 pairs at most
  select '(' || string_agg('jsonb_build_object(' || part.pairs || ')', ' || ' order by part.n) || ')::text' into columns from (
    select c.n / 40 as n, string_agg(format('%L, _x_.%I::text', c.attname, c.attname), ', ' order by c.n) as pairs
    from (
      select a.attname, row_number() over (order by a.attnum) - 1 as n from pg_attribute a
      where a.attrelid = target and a.attnum > 0 and not a.attisdropped and a.attname <> all (unrecorded)
    ) c group by c.n / 40
  ) part;
  row_new := replace(columns, '_x_.', '_n_.');
  row_old := replace(columns, '_x_.', '_o_.');
  select string_agg(format('_n_.%I::text', k), $q$ || '/' || $q$), string_agg(format('_o_.%I::text', k), $q$ || '/' || $q$),
    string_agg(format('_o_.%1$I = _n_.%1$I', k), ' and ') into key_new, key_old, joined from unnest(keys) k;
  fn := format('core.%I', 'capture_' || s || '_' || t);
  -- the key columns tell a missing side: `row is not null` is false when any column is null
  execute format($make$
    create or replace function %s() returns trigger language plpgsql security definer
      set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set datestyle = 'ISO' set intervalstyle = 'iso_8601'
      set bytea_output = 'hex' set extra_float_digits = 1 as $body$
    declare _call_ uuid := core.current_call();
    begin
      if _call_ is null then
        raise exception '%%.%% was written outside a call', tg_table_schema, tg_table_name using errcode = 'TR003', constraint = 'in_a_call';
      end if;
      if tg_op = 'INSERT' then
        insert into core.changes (call_id, schema_name, table_name, key, operation, after)
          select _call_, %L, %L, %s, 'insert', %s from _new_ _n_;
      elsif tg_op = 'DELETE' then
        insert into core.changes (call_id, schema_name, table_name, key, operation, before)
          select _call_, %L, %L, %s, 'delete', %s from _old_ _o_;
      else
        insert into core.changes (call_id, schema_name, table_name, key, operation, before, after)
          select _call_, %L, %L, coalesce(%s, %s),
            case when _o_.%I is null then 'insert' when _n_.%I is null then 'delete' else 'update' end,
            case when _o_.%I is not null then %s end, case when _n_.%I is not null then %s end
          from _old_ _o_ full join _new_ _n_ on %s;
      end if;
      return null;
    end $body$ $make$,
    fn, s, t, key_new, row_new, s, t, key_old, row_old, s, t, key_new, key_old,
    keys[1], keys[1], keys[1], row_old, keys[1], row_new, joined);
  execute format('create or replace trigger troupe_insert after insert on %s referencing new table as _new_ for each statement execute function %s()', target, fn);
  execute format('create or replace trigger troupe_update after update on %s referencing old table as _old_ new table as _new_ for each statement execute function %s()', target, fn);
  execute format('create or replace trigger troupe_delete after delete on %s referencing old table as _old_ for each statement execute function %s()', target, fn);
  execute format('create or replace trigger troupe_truncate before truncate on %s for each statement execute function core.refuse()', target);
end $watch$;

-- The frame of a call -----------------------------------------------------------------------------------------------
create table core.idempotency (
  actor text not null,
  key text not null,
  action text not null,
  digest text not null,
  call_id uuid not null,
  answer text, -- null: it held a secret, which is shown once
  at timestamptz not null default now(),
  primary key (actor, key)
);
create index on core.idempotency (at);

create table core.subjects (
  plugin text not null,
  subject text not null,
  sequence bigint not null,
  primary key (plugin, subject)
);

create table core.outbox (
  id bigint generated always as identity primary key,
  name text not null,
  plugin text not null,
  subject text not null,
  sequence bigint not null,
  payload text not null,
  call_id uuid not null,
  request_id text not null,
  trace text not null,
  tainted boolean not null,
  at timestamptz not null default now(),
  unique (plugin, subject, sequence)
);

create table core.deliveries (
  event_id bigint not null references core.outbox,
  subscription text not null,
  subject text not null, -- `plugin/subject` of the event
  state text not null default 'waiting' check (state in ('waiting', 'done', 'dead')),
  blocks boolean not null, -- whether a dead one stops the later ones of its subject
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  error text,
  primary key (event_id, subscription)
);
create index on core.deliveries (subscription, subject, event_id) where state <> 'done';

-- Opens a call: its id for capture, the version of rights, and the idempotency row or the first answer to the same key.
create function core.begin_call(p_call uuid, p_actor text, p_key text, p_action text, p_digest text, p_at timestamptz, p_lasts_seconds integer)
returns table (rights_version bigint, fresh boolean, same boolean, answer text, first_call uuid) language plpgsql as $$
declare
  first core.idempotency;
begin
  perform set_config('troupe.call', p_call::text, true);
  rights_version := (select one.version from core.rights one);
  fresh := true;
  if p_key is not null then
    -- a key older than p_lasts_seconds (null: none is) begins anew
    insert into core.idempotency as known (actor, key, action, digest, call_id, at) values (p_actor, p_key, p_action, p_digest, p_call, p_at)
      on conflict (actor, key) do update
        set action = excluded.action, digest = excluded.digest, call_id = excluded.call_id, answer = null, at = excluded.at
        where known.at < p_at - make_interval(secs => p_lasts_seconds);
    if not found then
      select * into first from core.idempotency i where i.actor = p_actor and i.key = p_key;
      fresh := false;
      same := first.action = p_action and first.digest = p_digest;
      answer := first.answer;
      first_call := first.call_id;
    end if;
  end if;
  return next;
end $$;

-- One terminal (or `initiated`) row with its body. `p_entry` has the columns of core.audit_entries.
create function core.record_call(p_entry jsonb, p_body text) returns void language sql as $$
  with entry as (
    insert into core.audit_entries (call_id, epoch, request_id, trace_id, kind, cause, plugin, plugin_version, action, effect,
        actor, on_behalf_of, credential, address, tainted, outcome, error, repeats, digest)
      select e.call_id, (select one.epoch from core.epoch one), e.request_id, e.trace_id, e.kind, e.cause, e.plugin, e.plugin_version, e.action, e.effect,
        e.actor, e.on_behalf_of, e.credential, e.address, e.tainted, e.outcome, e.error, coalesce(e.repeats, 1), e.digest
      from jsonb_to_record(p_entry) as e (call_id uuid, request_id text, trace_id text, kind text, cause text, plugin text, plugin_version text, action text,
        effect text, actor text, on_behalf_of text, credential text, address text, tainted boolean, outcome text, error text, repeats integer, digest text)
      returning call_id, outcome
  )
  insert into core.audit_bodies (call_id, outcome, body) select entry.call_id, entry.outcome, p_body from entry
$$;

-- Puts events into the outbox, each with the next number of its subject, and a delivery for each subscription.
create function core.tell(p_call uuid, p_request text, p_tainted boolean, p_events jsonb) returns void language plpgsql as $$
declare
  event record;
  position bigint;
  stored bigint;
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
  end loop;
  perform pg_notify('troupe_outbox', '');
end $$;

-- Closes a call: nothing foreign was touched, the answer is kept, the record is written, every constraint holds now, events wait in the outbox.
create function core.finish_call(p_entry jsonb, p_body text, p_schemas text[], p_key text, p_answer text, p_events jsonb) returns void language plpgsql as $$
declare
  call uuid := (p_entry ->> 'call_id')::uuid;
  stray text;
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
end $$;

-- Denials: the first of a kind within a minute is recorded at once; how often it was repeated, when the minute is over.
create table core.denials (
  minute timestamptz not null,
  who text not null,
  action text not null,
  error text not null,
  repeats integer not null,
  entry jsonb not null,
  primary key (minute, who, action, error)
);

create function core.deny_call(p_who text, p_entry jsonb, p_body text) returns void language plpgsql as $$
declare
  seen integer;
begin
  insert into core.denials as d (minute, who, action, error, repeats, entry)
    values (date_trunc('minute', now()), p_who, p_entry ->> 'action', p_entry ->> 'error', 1, p_entry)
    on conflict (minute, who, action, error) do update set repeats = d.repeats + 1
    returning d.repeats into seen;
  if seen = 1 then
    perform core.record_call(p_entry, p_body);
  end if;
end $$;

create function core.flush_denials() returns void language plpgsql as $$
declare
  past record;
begin
  for past in delete from core.denials where minute < date_trunc('minute', now()) returning * loop
    if past.repeats > 1 then
      perform core.record_call(past.entry || jsonb_build_object('repeats', past.repeats - 1, 'call_id', gen_random_uuid()), '{}');
    end if;
  end loop;
end $$;

-- A trigger for tables that rights are computed from.
create function core.rights_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update core.rights set version = version + 1;
  perform pg_notify('troupe_rights', '');
  return null;
end $$;

-- Jobs, seeds, uploads ----------------------------------------------------------------------------------------------
create table core.job_steps (
  job_id uuid not null,
  step text not null,
  at timestamptz not null default now(),
  primary key (job_id, step)
);

create table core.seeds (
  plugin text not null,
  name text not null,
  at timestamptz not null default now(),
  primary key (plugin, name)
);

create table core.uploads (
  id uuid primary key,
  actor text not null,
  action text not null,
  name text not null,
  size bigint not null check (size >= 0),
  at timestamptz not null default now(),
  expires_at timestamptz not null
);

grant usage on schema core to troupe_app;
grant select, insert on core.audit_entries, core.audit_bodies to troupe_app;
grant select on core.changes, core.epoch, core.rights, core.migrations to troupe_app;
grant update (secret_check) on core.epoch to troupe_app;
grant select, insert, update, delete on core.idempotency, core.denials, core.uploads to troupe_app;
grant select, insert, update on core.subjects, core.outbox, core.deliveries to troupe_app;
grant select, insert on core.job_steps, core.seeds to troupe_app;
