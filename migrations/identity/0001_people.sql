-- Who may act: people and agents, what they may do where, and what proves that it is them.

create table identity.brands (
  id text primary key constraint brand_id check (id ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(id) <= 40),
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null
);

create table identity.actors (
  id uuid primary key,
  kind text not null check (kind in ('user', 'agent')),
  name text not null check (length(name) between 1 and 100),
  active boolean not null default true,
  created_at timestamptz not null
);

-- People who sign in. An actor without a row here is an agent, or works by a token alone.
create table identity.people (
  actor_id uuid primary key references identity.actors,
  email text not null check (length(email) <= 254),
  password_hash text,
  password_set_at timestamptz,
  check ((password_hash is null) = (password_set_at is null))
);
create unique index email_taken on identity.people (lower(email));

create table identity.grants (
  id uuid primary key,
  actor_id uuid not null references identity.actors,
  role text not null check (role in ('owner', 'admin', 'editor', 'viewer', 'guest')),
  brand_id text constraint grant_brand references identity.brands, -- null: the whole company
  granted_by text not null,
  granted_at timestamptz not null,
  constraint granted_once unique nulls not distinct (actor_id, role, brand_id)
);
create index on identity.grants (brand_id);

create table identity.sessions (
  id uuid primary key,
  token_hash text not null unique,
  actor_id uuid not null references identity.actors,
  opened_by text not null check (opened_by in ('password', 'link')),
  address text,
  device text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  absolute_at timestamptz not null,
  check (expires_at <= absolute_at)
);
create index on identity.sessions (actor_id);
create index on identity.sessions (expires_at);

create table identity.tokens (
  id uuid primary key,
  token_hash text not null unique,
  prefix text not null,
  actor_id uuid not null references identity.actors,
  name text not null check (length(name) between 1 and 100),
  scopes text[], -- null: all that its actor may do
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index on identity.tokens (actor_id);

create table identity.sign_in_links (
  id uuid primary key,
  token_hash text not null unique,
  actor_id uuid not null references identity.actors,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on identity.sign_in_links (actor_id);
create index on identity.sign_in_links (expires_at);

create trigger rights_changed after insert or update or delete on identity.grants
  for each statement execute function core.rights_changed();
create trigger rights_changed after update of active, name or delete on identity.actors
  for each statement execute function core.rights_changed();

-- The company keeps an Owner who can sign in. It is looked at when the call ends, so that a call may hand the role over.
-- Calls that change rights come one after the other (rights_changed updates one row), so two of them cannot each spare the other's Owner.
create function identity.keep_owner() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from identity.grants held
    join identity.actors actor on actor.id = held.actor_id and actor.active
    join identity.people person on person.actor_id = actor.id
    where held.role = 'owner' and held.brand_id is null
  ) then
    raise exception 'the company has no active owner' using errcode = 'check_violation', constraint = 'last_owner';
  end if;
  return null;
end $$;
create constraint trigger last_owner after update or delete on identity.grants
  deferrable initially deferred for each row execute function identity.keep_owner();
create constraint trigger last_owner after update of active or delete on identity.actors
  deferrable initially deferred for each row execute function identity.keep_owner();
