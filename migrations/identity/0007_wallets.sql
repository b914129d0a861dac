-- Sign-In with Ethereum: messages that were given out to be signed. What was linked stands in linked_identities.

create table identity.wallet_sign_ins (
  id uuid primary key,
  nonce_hash text not null unique,
  address text not null check (address ~ '^0x[0-9a-fA-F]{40}$'),
  chain_id integer not null,
  actor_id uuid references identity.people, -- who links a wallet; null: somebody signs in
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index on identity.wallet_sign_ins (expires_at);
create index on identity.wallet_sign_ins (actor_id);
