-- As with other sign-ins: asked for by this very machine, or by somebody without an address, stands for many and is held to the number of all alone.
create or replace function identity.cap_letters() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  since timestamptz := new.created_at - interval '15 minutes';
  here integer;
  in_all integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('letters ' || coalesce(new.asked_from, ''), 0));
  select count(*) filter (where asked_from = new.asked_from), count(*) into here, in_all
    from identity.letters where kind = 'sign-in-link' and created_at > since;
  if here >= 20 or in_all >= 5000 then
    raise exception 'too many letters were asked for' using errcode = 'check_violation', constraint = 'letters_capped';
  end if;
  return new;
end $$;
