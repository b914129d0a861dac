-- Invitations, and the letters that carry links to people: what is to be sent is written down first, then sent by a job.

create table identity.invitations (
  id uuid primary key,
  token_hash text not null unique,
  name text not null check (length(name) between 1 and 100),
  email text not null check (length(email) <= 254),
  role text constraint invitation_role references identity.roles, -- null: none
  brand_id text constraint invitation_brand references identity.brands,
  department_id text constraint invitation_department references identity.departments,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  person_id uuid references identity.actors,
  check (brand_id is null or department_id is null),
  check (role is not null or (brand_id is null and department_id is null)),
  check ((accepted_at is null) = (person_id is null)),
  check (accepted_at is null or revoked_at is null),
  -- these are given by identity.grant-role alone
  constraint invitation_below_owner check (role not in ('owner', 'auditor'))
);
create unique index invited_once on identity.invitations (lower(email)) where accepted_at is null and revoked_at is null;
create index on identity.invitations (invited_by);

create table identity.letters (
  id uuid primary key,
  kind text not null check (kind in ('invitation', 'sign-in-link')),
  invitation_id uuid references identity.invitations,
  actor_id uuid references identity.actors, -- of a sign-in link; null: nobody has the address that was typed
  account text not null, -- a mark of the address, known or not
  asked_from text, -- the network address
  state text not null check (state in ('waiting', 'sent', 'unsent', 'failed')),
  created_at timestamptz not null,
  ended_at timestamptz,
  check ((kind = 'invitation') = (invitation_id is not null)),
  check ((state = 'waiting') = (ended_at is null))
);
create index on identity.letters (account, created_at);
create index on identity.letters (asked_from, created_at);
create index on identity.letters (created_at);

alter table identity.sign_in_links add column letter_id uuid references identity.letters on delete cascade;
