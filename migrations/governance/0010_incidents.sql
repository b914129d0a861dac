-- What somebody in charge should look at, and how far they have come.
create table governance.incidents (
  id uuid primary key,
  rule text not null,
  subject text not null, -- whom or what it is about
  summary text not null,
  state text not null check (state in ('open', 'acknowledged', 'resolved')),
  count bigint not null check (count > 0),
  opened_at timestamptz not null,
  last_at timestamptz not null,
  last_call uuid, -- the newest row of the record that counts
  assignee text,
  acknowledged_by text,
  acknowledged_at timestamptz,
  resolved_by text,
  resolved_at timestamptz,
  resolution text check (resolution <> ''),
  constraint incident_acknowledged check ((state <> 'open') = (acknowledged_by is not null) and (state <> 'open') = (acknowledged_at is not null)),
  constraint incident_resolved check ((state = 'resolved') = (resolved_by is not null) and (state = 'resolved') = (resolved_at is not null)
    and (state = 'resolved') = (resolution is not null))
);
-- repeats raise the count
create unique index incident_once on governance.incidents (rule, subject) where state <> 'resolved';
create index on governance.incidents (opened_at desc, id desc);
create trigger found before update of id, rule, subject, summary, opened_at or delete on governance.incidents
  for each row execute function core.refuse();

-- open -> acknowledged -> resolved, and nothing changes after that.
create function governance.check_incident() returns trigger language plpgsql as $$
begin
  if old.state = 'resolved' or new.count < old.count or new.last_at < old.last_at
      or not (new.state = old.state or (old.state, new.state) in (('open', 'acknowledged'), ('acknowledged', 'resolved')))
      or (old.acknowledged_at is not null and (new.acknowledged_by, new.acknowledged_at) is distinct from (old.acknowledged_by, old.acknowledged_at)) then
    raise exception 'incident % does not go from % to %', new.id, old.state, new.state using errcode = '23514', constraint = 'incident_state';
  end if;
  return new;
end $$;
create trigger check_incident before update on governance.incidents for each row execute function governance.check_incident();

create table governance.incident_notes (
  id uuid primary key,
  incident_id uuid not null references governance.incidents,
  author text not null,
  text text not null check (length(text) between 1 and 2000),
  at timestamptz not null
);
create index on governance.incident_notes (incident_id, at);
create trigger written_once before update or delete on governance.incident_notes for each row execute function core.refuse();

-- Where people have signed in from: keyed digests, nothing that could be read.
create table governance.places (
  person text not null,
  kind text not null check (kind in ('network', 'device')),
  digest text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (person, kind, digest)
);

-- How far the record was watched: behind this row of this epoch. What was there before is not news.
create table governance.watch (
  single boolean primary key default true check (single),
  epoch uuid not null,
  xid xid8 not null,
  entry_id bigint not null
);
insert into governance.watch (epoch, xid, entry_id) select epoch, pg_snapshot_xmin(pg_current_snapshot()), 0 from core.epoch;
