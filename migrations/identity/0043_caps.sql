-- Whoever is unknown must not fill the disk: how many sign-ins may be begun at once, from one network address and in all.
alter table identity.provider_sign_ins add column asked_from text; -- a keyed digest of the network address; null: none, or this very machine
alter table identity.wallet_sign_ins add column asked_from text;
alter table identity.passkey_challenges add column asked_from text;
create index on identity.provider_sign_ins (asked_from, expires_at);
create index on identity.wallet_sign_ins (asked_from, expires_at);
create index on identity.passkey_challenges (asked_from, expires_at);

-- 100 from one address, exactly: whoever comes from it waits for the one before. 10,000 in all, give or take those who begin at this moment.
create function identity.cap_begun() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  is_full boolean;
begin
  execute format('select count(*) >= 10000 from (select from identity.%I where expires_at > $1 limit 10000) live', tg_table_name)
    into is_full using new.created_at;
  if not is_full and new.asked_from is not null then
    perform pg_advisory_xact_lock(hashtextextended(tg_table_name || ' ' || new.asked_from, 0));
    execute format(
      'select count(*) >= 100 from (select from identity.%I where asked_from = $1 and expires_at > $2 limit 100) live', tg_table_name)
      into is_full using new.asked_from, new.created_at;
  end if;
  if is_full then
    raise exception 'too many sign-ins were begun' using errcode = 'check_violation', constraint = 'begun_capped';
  end if;
  return new;
end $$;

create trigger capped before insert on identity.provider_sign_ins for each row execute function identity.cap_begun();
create trigger capped before insert on identity.wallet_sign_ins for each row execute function identity.cap_begun();
create trigger capped before insert on identity.passkey_challenges for each row execute function identity.cap_begun();

-- Sign-in links in a quarter of an hour: 20 asked for from one address, 5,000 in all.
create function identity.cap_letters() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  since timestamptz := new.created_at - interval '15 minutes';
  here integer;
  in_all integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('letters ' || coalesce(new.asked_from, ''), 0));
  select count(*) filter (where asked_from is not distinct from new.asked_from), count(*) into here, in_all
    from identity.letters where kind = 'sign-in-link' and created_at > since;
  if here >= 20 or in_all >= 5000 then
    raise exception 'too many letters were asked for' using errcode = 'check_violation', constraint = 'letters_capped';
  end if;
  return new;
end $$;

create trigger capped before insert on identity.letters for each row when (new.kind = 'sign-in-link')
  execute function identity.cap_letters();
