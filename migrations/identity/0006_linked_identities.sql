-- Accounts elsewhere that prove who somebody is, and sign-ins that are on their way over another site.

alter table identity.sessions drop constraint sessions_opened_by_check;
alter table identity.sessions add constraint sessions_opened_by_check
  check (opened_by in ('password', 'link', 'provider', 'wallet', 'passkey'));

create table identity.linked_identities (
  id uuid primary key,
  actor_id uuid not null references identity.people,
  provider text not null check (length(provider) between 1 and 300),
  subject text not null check (length(subject) between 1 and 300), -- the id that the provider gives its account
  label text not null check (length(label) <= 300), -- by which its holder recognises it
  linked_at timestamptz not null,
  constraint linked_once unique (provider, subject)
);
create index on identity.linked_identities (actor_id);

create table identity.provider_sign_ins (
  id uuid primary key,
  state_hash text not null unique,
  binding_hash text not null, -- of what the browser that began keeps
  provider text not null,
  actor_id uuid references identity.people, -- who links an account; null: somebody signs in
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index on identity.provider_sign_ins (expires_at);
create index on identity.provider_sign_ins (actor_id);
