-- Double-entry books: units, accounts with their balances, and entries of postings that never change.
create table ledger.units (
  code text not null check (code ~ '^[A-Z][A-Z0-9-]{1,15}$'),
  title text not null check (title <> ''),
  scale smallint not null check (scale between 0 and 18), -- decimals of one whole: EUR 2, points 0
  created_at timestamptz not null,
  constraint unit_taken primary key (code)
);
create trigger fixed before update of code, scale or delete on ledger.units for each row execute function core.refuse();

create table ledger.accounts (
  id uuid primary key,
  path text not null check (path ~ '^[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)*$' and length(path) <= 200),
  title text not null check (title <> ''),
  type text not null check (type in ('asset', 'liability', 'equity', 'income', 'expense')),
  unit text not null constraint account_unit references ledger.units,
  brand_id text,
  minimum numeric(78, 0), -- of the balance on the account's own side: debit for assets and expenses, credit for the rest
  created_at timestamptz not null,
  constraint account_taken unique (path, unit),
  unique (id, unit) -- what makes a posting's unit that of its account
);
create index on ledger.accounts (brand_id);
create trigger fixed before update of id, path, type, unit, brand_id, minimum or delete on ledger.accounts
  for each row execute function core.refuse();

-- What moves of an account, in a row of its own: the lock that postings to the account wait for.
create table ledger.balances (
  account_id uuid primary key references ledger.accounts,
  balance numeric(78, 0) not null default 0, -- debit positive
  postings bigint not null default 0, -- how many; the number of the last one
  lowest numeric(78, 0),
  highest numeric(78, 0),
  closed boolean not null default false, -- here and not in accounts, so that closing waits for the same lock
  constraint balance_lowest check (balance >= lowest),
  constraint balance_highest check (balance <= highest)
) with (fillfactor = 50);
create trigger fixed before update of account_id, lowest, highest or delete on ledger.balances for each row execute function core.refuse();

create function ledger.open_balance() returns trigger language plpgsql as $$
begin
  insert into ledger.balances (account_id, lowest, highest) values (
    new.id,
    case when new.type in ('asset', 'expense') then new.minimum end,
    case when new.type not in ('asset', 'expense') then -new.minimum end
  );
  return null;
end $$;
create trigger open_balance after insert on ledger.accounts for each row execute function ledger.open_balance();

create function ledger.refuse_closed() returns trigger language plpgsql as $$
begin
  raise exception 'account % is closed', new.account_id using errcode = '23514', constraint = 'account_open';
end $$;
create trigger account_open before update on ledger.balances
  for each row when (old.closed and new.postings <> old.postings) execute function ledger.refuse_closed();

create table ledger.entries (
  id uuid primary key,
  sequence bigint generated always as identity unique, -- the order of recording
  key text not null check (key <> '' and length(key) <= 200),
  digest text not null, -- SHA-256 of the content that came with the key
  memo text not null,
  brand_id text,
  order_id text,
  asset_id text,
  counterparty text,
  reverses uuid references ledger.entries,
  size integer not null constraint entry_size check (size >= 2),
  effective_at timestamptz not null,
  recorded_at timestamptz not null,
  call_id uuid not null,
  constraint entry_key unique (key),
  unique (id, size, effective_at)
);
create unique index entry_reversed_once on ledger.entries (reverses) where reverses is not null;
create index on ledger.entries (order_id) where order_id is not null;

-- An entry has as many postings as it says when it is committed, so that none can be added to it later.
create table ledger.postings (
  entry_id uuid not null,
  line integer not null,
  size integer not null, -- of the entry
  account_id uuid not null,
  unit text not null,
  amount numeric(78, 0) not null constraint posting_amount check (amount <> 0 and abs(amount) < 1e60), -- debit positive
  number bigint not null check (number > 0), -- of the account's postings, without gaps
  balance numeric(78, 0) not null, -- of the account after this posting, by number
  effective_at timestamptz not null, -- of the entry
  primary key (entry_id, line),
  constraint posting_line check (line between 1 and size),
  constraint posting_number unique (account_id, number),
  constraint posting_entry foreign key (entry_id, size, effective_at) references ledger.entries (id, size, effective_at),
  constraint posting_account foreign key (account_id, unit) references ledger.accounts (id, unit)
);
create index postings_effective on ledger.postings (account_id, effective_at) include (amount);

create trigger immutable before update or delete on ledger.entries for each row execute function core.refuse();
create trigger immutable before update or delete on ledger.postings for each row execute function core.refuse();

-- Once for each entry, before its commit: it is whole and adds up, and each posting follows the one before it in its account.
create function ledger.check_entry() returns trigger language plpgsql as $$
begin
  if (select count(*) from ledger.postings p where p.entry_id = new.id) <> new.size
    or exists (select from ledger.postings p where p.entry_id = new.id group by p.unit having sum(p.amount) <> 0)
  then
    raise exception 'the postings of entry % do not add up', new.id using errcode = '23514', constraint = 'entry_balanced';
  end if;
  if exists (
    select from ledger.postings p
    left join ledger.postings earlier on earlier.account_id = p.account_id and earlier.number = p.number - 1
    left join ledger.balances b on b.account_id = p.account_id
    where p.entry_id = new.id
      and (p.balance is distinct from case when p.number = 1 then p.amount else earlier.balance + p.amount end or p.number > b.postings)
  ) then
    raise exception 'a posting of entry % does not follow the one before it', new.id using errcode = '23514', constraint = 'posting_chained';
  end if;
  return null;
end $$;
create constraint trigger entry_balanced after insert on ledger.entries
  deferrable initially deferred for each row execute function ledger.check_entry();

-- Posts one entry in one round trip. `p_entry` has the columns of ledger.entries; `p_postings` is a list of { line, path, unit, amount }.
-- Answers the entry; `fresh` is false when the key was there already, and `same` says whether with the same content.
-- An account that is not there is named in `unknown_path` and `unknown_unit`, and nothing is posted.
create function ledger.post_entry(p_entry jsonb, p_postings jsonb)
returns table (entry_id uuid, fresh boolean, same boolean, unknown_path text, unknown_unit text) language plpgsql
set plan_cache_mode = force_generic_plan -- else Postgres plans these statements anew at each call, which takes as long as running them
as $$
declare
  entry ledger.entries := jsonb_populate_record(null::ledger.entries, p_entry);
  accounts uuid[];
  units text[];
  amounts numeric[];
begin
  -- looked up one by one: a join would read all accounts, as no plan knows how few are asked for
  select array_agg(l.account_id order by l.line), array_agg(l.unit order by l.line), array_agg(l.amount order by l.line),
      (array_agg(l.path) filter (where l.account_id is null))[1], (array_agg(l.unit) filter (where l.account_id is null))[1]
    into accounts, units, amounts, unknown_path, unknown_unit
    from (
      select p.*, (select a.id from ledger.accounts a where a.path = p.path and a.unit = p.unit) as account_id
      from jsonb_to_recordset(p_postings) as p (line integer, path text, unit text, amount numeric)
    ) l;
  if unknown_path is not null then
    return next;
    return;
  end if;

  -- in one order, so that two entries never wait for each other; before the entry, so that its sequence agrees with each account's
  perform from ledger.balances b where b.account_id = any (accounts) order by b.account_id for update;

  insert into ledger.entries (id, key, digest, memo, brand_id, order_id, asset_id, counterparty, reverses, size, effective_at, recorded_at, call_id)
    values (entry.id, entry.key, entry.digest, entry.memo, entry.brand_id, entry.order_id, entry.asset_id, entry.counterparty,
      entry.reverses, cardinality(accounts), entry.effective_at, entry.recorded_at, entry.call_id)
    on conflict (key) do nothing;
  fresh := found;
  if not fresh then
    select e.id, e.digest = entry.digest into entry_id, same from ledger.entries e where e.key = entry.key;
    return next;
    return;
  end if;

  with moved as (
    update ledger.balances b set (balance, postings) = (
      select b.balance + sum(l.amount), b.postings + count(*) from unnest(accounts, amounts) as l (account_id, amount) where l.account_id = b.account_id
    ) where b.account_id = any (accounts)
    returning b.account_id, b.balance, b.postings
  )
  insert into ledger.postings (entry_id, line, size, account_id, unit, amount, number, balance, effective_at)
    select entry.id, l.line, cardinality(accounts), l.account_id, l.unit, l.amount,
      moved.postings - count(*) over later, moved.balance - coalesce(sum(l.amount) over later, 0), entry.effective_at
    from unnest(accounts, units, amounts) with ordinality as l (account_id, unit, amount, line)
    join moved on moved.account_id = l.account_id
    window later as (partition by l.account_id order by l.line rows between 1 following and unbounded following)
    order by l.line;
  entry_id := entry.id;
  same := true;
  return next;
end $$;
