-- Whoever is unknown must not fill the disk: how much may wait at once, from one network address, of one actor and in all.

alter table core.artefacts add column asked_from text; -- a keyed digest of the network address; null: none, or this very machine
create index on core.artefacts (kind, asked_from, expires_at);

-- Stores an artefact, or stores it anew, which is no more than before. Caps are of those that end no later than a minute after this one: what
-- somebody's yes has made to last longer is not counted. One lock a kind, held for this statement alone, so that the caps are exact.
create function core.put_artefact(
  of_kind text, hash text, of_family text, text_of text, ends timestamptz, at timestamptz, asked text, most_from integer, most_in_all integer
) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  waiting integer;
  until timestamptz := ends + interval '1 minute'; -- of two at once either may come first, and clocks differ
begin
  if most_in_all is not null then
    perform pg_advisory_xact_lock(hashtextextended('artefacts ' || of_kind, 0));
    if not exists (select from core.artefacts where kind = of_kind and id_hash = hash) then
      select count(*) into waiting from (
        select from core.artefacts where kind = of_kind and expires_at > at and expires_at <= until limit most_in_all) live;
      if waiting < most_in_all and asked is not null then
        select count(*) + most_in_all - most_from into waiting from (
          select from core.artefacts where kind = of_kind and asked_from = asked and expires_at > at and expires_at <= until limit most_from) live;
      end if;
      if waiting >= most_in_all then
        raise exception 'too many artefacts wait' using errcode = 'check_violation', constraint = 'artefacts_capped';
      end if;
    end if;
  end if;
  insert into core.artefacts as a (kind, id_hash, family, payload, expires_at, asked_from)
    values (of_kind, hash, of_family, text_of, ends, asked)
    on conflict (kind, id_hash) do update set family = excluded.family, payload = excluded.payload, expires_at = excluded.expires_at;
end $$;

create index on core.uploads (actor, expires_at);

-- 10,000 files and 64 GiB wait for their calls, of one actor.
create function core.cap_uploads() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  files integer;
  bytes numeric;
begin
  perform pg_advisory_xact_lock(hashtextextended('uploads ' || new.actor, 0));
  select count(*), coalesce(sum(size), 0) into files, bytes from core.uploads where actor = new.actor and expires_at > new.at;
  if files >= 10000 or bytes + new.size > 68719476736 then
    raise exception 'too many uploads wait' using errcode = 'check_violation', constraint = 'uploads_capped';
  end if;
  return new;
end $$;

create trigger capped before insert on core.uploads for each row execute function core.cap_uploads();
