-- Passkeys (WebAuthn): public keys, and challenges that were given out to be signed.

create table identity.passkeys (
  id uuid primary key,
  actor_id uuid not null references identity.people,
  credential_id text not null constraint passkey_once unique check (length(credential_id) <= 1400),
  public_key text not null, -- COSE, in base64url
  counter bigint not null check (counter >= 0), -- of its authenticator; it never goes back
  name text not null check (length(name) between 1 and 100),
  added_at timestamptz not null,
  used_at timestamptz
);
create index on identity.passkeys (actor_id);

create table identity.passkey_challenges (
  id uuid primary key,
  challenge_hash text not null unique,
  actor_id uuid references identity.people, -- who adds a passkey; null: somebody signs in
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index on identity.passkey_challenges (expires_at);
create index on identity.passkey_challenges (actor_id);
