-- Codes by which somebody who is signed in links an account in a chat: made here, and confirmed by the account itself.
create table identity.account_codes (
  id uuid primary key,
  code_hash text not null unique,
  actor_id uuid not null references identity.people,
  channel text not null check (channel in ('telegram', 'discord')),
  proofs smallint not null check (proofs in (1, 2)), -- of the session that made it
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint account_code_once unique (actor_id, channel) -- a new one ends the one before
);
create index on identity.account_codes (expires_at);

alter table identity.linked_identities add column proofs smallint check (proofs in (1, 2)); -- of the session in which an account in a chat was linked
