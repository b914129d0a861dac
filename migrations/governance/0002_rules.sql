-- Rules as data: Cedar text about one permission or one action. They narrow what roles give.
create table governance.cedar_rules (
  name text not null check (name ~ '^[a-z][a-z0-9-]{1,59}$'),
  -- what rules are set with is no target of theirs
  target text not null check (target not like 'governance.%'),
  outcome text not null check (outcome in ('refuse', 'ask')),
  policy text not null check (length(policy) between 1 and 10000),
  schema text not null, -- what it was checked against, as JSON
  note text not null,
  set_by text not null,
  set_at timestamptz not null,
  primary key (name),
  -- whoever lacks a permission has nothing that could wait for a yes
  check (outcome = 'refuse' or target !~ '^[^.]+\.[^.]+\.[^.]+$')
);
create trigger rights_changed after insert or update or delete on governance.cedar_rules
  for each statement execute function core.rights_changed();
