-- A second proof at sign-in: codes of an authenticator (RFC 6238) and, where it is lost, recovery codes.
-- The authenticator's key is derived from the enrolment under the installation's key, so it stands nowhere.

create table identity.authenticators (
  actor_id uuid primary key references identity.people,
  enrolment uuid not null unique,
  created_at timestamptz not null,
  confirmed_at timestamptz, -- from then on a sign-in needs a code
  last_step bigint not null default 0, -- time step of the newest code that was taken: none is taken twice
  check ((confirmed_at is null) = (last_step = 0))
);

create table identity.recovery_codes (
  id uuid primary key,
  actor_id uuid not null references identity.authenticators on delete cascade,
  code_hash text not null unique,
  used_at timestamptz
);
create index on identity.recovery_codes (actor_id);

-- Whoever has given the first proof and owes the second.
create table identity.pending_sign_ins (
  id uuid primary key,
  token_hash text not null unique,
  actor_id uuid not null references identity.actors,
  opened_by text not null,
  device text,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index on identity.pending_sign_ins (actor_id);
create index on identity.pending_sign_ins (expires_at);
