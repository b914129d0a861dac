-- Which apps (OAuth clients) act for whom: one row for each time that a person said yes.
create table identity.app_grants (
  id uuid primary key,
  actor_id uuid not null references identity.actors,
  client_id text not null check (length(client_id) between 1 and 2000),
  client_name text not null check (length(client_name) between 1 and 200),
  client_host text not null check (length(client_host) between 1 and 300),
  resource text not null,
  scopes text[] not null check (cardinality(scopes) between 1 and 1000),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  ended_at timestamptz
);
create index on identity.app_grants (actor_id);

-- With a yes ends all that was issued by it, in the same transaction, whoever ended it.
create function identity.end_app_artefacts() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.ended_at is not null then
    delete from core.artefact_families where id = new.id::text;
  end if;
  return null;
end $$;
create trigger app_grant_ended after update of ended_at on identity.app_grants
  for each row execute function identity.end_app_artefacts();

-- Nobody acts for a person who was deactivated.
create function identity.end_apps() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.active and not new.active then
    update identity.app_grants set ended_at = now() where actor_id = new.id and ended_at is null;
  end if;
  return null;
end $$;
create trigger apps_ended after update of active on identity.actors
  for each row execute function identity.end_apps();
