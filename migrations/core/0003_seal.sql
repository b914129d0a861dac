-- The sealed log of the record: a Merkle tree (RFC 6962) over the rows of core.audit_entries, one leaf each, in the order (xid, id) of an epoch.
-- The sealer's cursor: every row below the oldest running transaction is committed, and no later one can come before it.
create index on core.audit_entries (epoch, xid, id);
-- A call may have changed a million rows: they are read in pages.
drop index core.changes_call_id_idx;
create index on core.changes (call_id, id);

create table core.sealed_entries (
  position bigint primary key check (position >= 0),
  at timestamptz not null, -- with id the entry's place
  id bigint not null,
  leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
  body_hash bytea not null check (octet_length(body_hash) = 32), -- SHA-256 of the body's text: it outlives an erased body
  unique (at, id)
);

-- For each change of the entry's transaction: id, digest, SHA-256 of before and of after (zeros: null). An entry with many has several parts.
create table core.sealed_changes (
  position bigint not null,
  part integer not null check (part >= 0),
  packed bytea not null check (octet_length(packed) > 0 and octet_length(packed) % 104 = 0),
  primary key (position, part)
);

-- Complete subtrees of 16, 256, 4096 ... leaves, so that a proof reads some hundred hashes and never the whole log.
create table core.sealed_nodes (
  level smallint not null check (level > 0 and level % 4 = 0),
  index bigint not null check (index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, index)
);

create table core.checkpoints (
  size bigint primary key check (size > 0), -- leaves
  sealed_at timestamptz not null default clock_timestamp(),
  epoch uuid not null, -- with xid and entry_id the last row that was sealed
  xid xid8 not null,
  entry_id bigint not null,
  frontier bytea not null check (octet_length(frontier) % 32 = 0), -- the complete subtrees of this size, the largest first: what appending needs
  note text not null -- C2SP tlog-checkpoint
);

-- Who may sign: the newest row. Public keys only.
create table core.seal_keys (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  origin text not null, -- the log's name, that of its first key
  verifier text not null unique
);

-- Which process seals, so that several do not do the same work; what keeps the log whole is the key of sealed_entries.
create table core.seal_lease (
  single boolean primary key default true check (single),
  holder uuid,
  until timestamptz not null default '-infinity'
);
insert into core.seal_lease default values;

create function core.assert_gapless() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  least bigint; most bigint; count bigint;
begin
  select min(f.position), max(f.position), count(*) into least, most, count from fresh f;
  if count > 0 and (most - least + 1 <> count
      or least <> coalesce((select max(s.position) + 1 from core.sealed_entries s where s.position < least), 0)) then
    raise exception 'the sealed log would have a gap at %', least using errcode = 'TR005', constraint = 'gapless';
  end if;
  return null;
end $$;
create trigger gapless after insert on core.sealed_entries referencing new table as fresh for each statement execute function core.assert_gapless();

create function core.assert_covers() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.size is distinct from (select max(s.position) + 1 from core.sealed_entries s) then
    raise exception 'a checkpoint of % does not cover the sealed log', new.size using errcode = 'TR005', constraint = 'covers';
  end if;
  return null;
end $$;
create trigger covers after insert on core.checkpoints for each row execute function core.assert_covers();

do $$
declare
  one text;
begin
  foreach one in array array['sealed_entries', 'sealed_changes', 'sealed_nodes', 'checkpoints', 'seal_keys'] loop
    execute format('create trigger immutable before update or delete on core.%I for each row execute function core.refuse()', one);
    execute format('create trigger whole before truncate on core.%I for each statement execute function core.refuse()', one);
    execute format('grant select, insert on core.%I to troupe_app', one);
  end loop;
end $$;
grant select, update on core.seal_lease to troupe_app;
