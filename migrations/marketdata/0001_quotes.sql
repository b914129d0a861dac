-- What something was sold or offered for, as a source said it, and who wants to hear of which price.
create table marketdata.sources (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
  cursor text check (length(cursor) <= 500), -- how far it was read, in the source's own words
  readings bigint not null default 0 check (readings >= 0),
  read_at timestamptz,
  succeeded_at timestamptz,
  error_code text,
  error_message text,
  fault_count integer not null default 0 check (fault_count >= 0),
  faults text not null default '[]' check (length(faults) <= 20000), -- JSON: lines and reasons
  check ((error_code is null) = (error_message is null))
) with (fillfactor = 50);

create table marketdata.quotes (
  id uuid primary key,
  position bigint generated always as identity unique,
  source_id text not null references marketdata.sources,
  reading bigint not null check (reading > 0),
  reference text not null check (length(reference) between 1 and 400), -- a transaction, an order, a line
  asset text collate "C" not null constraint quote_asset check (asset ~ '^[a-z0-9][a-z0-9:._/-]{0,199}$'),
  kind text not null check (kind in ('sale', 'listing', 'floor')),
  amount numeric(78, 0) constraint quote_above_zero check (amount > 0 and amount < 1e30), -- minor units of one
  unit text not null check (unit ~ '^[A-Z][A-Z0-9-]{1,15}$'),
  at timestamptz not null,
  title text check (length(title) <= 200),
  place bigint check (place >= 0), -- the block
  recorded_at timestamptz not null,
  voided_at timestamptz, -- what it was read from is gone
  constraint quote_once unique (source_id, reference),
  constraint quote_amount check (amount is not null or kind = 'floor') -- a floor without one: nothing is offered
);
create index on marketdata.quotes (asset, kind, at desc);
create index on marketdata.quotes (at desc, position desc);
create index on marketdata.quotes (source_id, asset, unit, at desc, position desc) where kind = 'floor' and voided_at is null;
create index on marketdata.quotes (source_id, reading);
create index on marketdata.quotes (source_id, place) where place is not null;
create trigger fixed
  before delete or update of id, source_id, reading, reference, asset, kind, amount, unit, at, title, place, recorded_at on marketdata.quotes
  for each row execute function core.refuse();

create table marketdata.watches (
  id uuid primary key,
  position bigint generated always as identity unique,
  asset text collate "C" not null check (asset ~ '^[a-z0-9][a-z0-9:._/-]{0,199}$'),
  kind text not null check (kind in ('sale', 'listing', 'floor')),
  direction text not null check (direction in ('below', 'above')),
  amount numeric(78, 0) not null check (amount > 0 and amount < 1e30),
  unit text not null check (unit ~ '^[A-Z][A-Z0-9-]{1,15}$'),
  person_id text not null, -- who wants to hear of it
  created_at timestamptz not null,
  removed_at timestamptz
);
create unique index watch_once on marketdata.watches (asset, kind, direction, unit, amount) where removed_at is null;
create trigger fixed before delete or update of id, asset, kind, direction, amount, unit, person_id, created_at on marketdata.watches
  for each row execute function core.refuse();

-- Of each reading of a source at most one for each watch.
create table marketdata.opportunities (
  id uuid primary key,
  position bigint generated always as identity unique,
  watch_id uuid not null references marketdata.watches,
  quote_id uuid not null references marketdata.quotes,
  quotes integer not null check (quotes > 0), -- how many of that reading met the watch; the one named is the last
  found_at timestamptz not null,
  dismissed_at timestamptz,
  dismissed_by text,
  unique (watch_id, quote_id),
  check ((dismissed_at is null) = (dismissed_by is null))
);
create index on marketdata.opportunities (position desc) where dismissed_at is null;
create trigger fixed before delete or update of id, watch_id, quote_id, quotes, found_at on marketdata.opportunities
  for each row execute function core.refuse();
