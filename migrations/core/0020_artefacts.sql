-- What a surface must find again in any process, for a while only: codes, tokens and registrations of the authorization server.
-- Not captured: a token is renewed every few minutes by a program. What a person has allowed and ended is (identity.app_grants).
create table core.artefact_families (
  id text primary key,
  expires_at timestamptz not null
);

create table core.artefacts (
  kind text not null,
  id_hash text not null check (length(id_hash) = 64), -- SHA-256: whoever reads this table can present nothing of it
  family text constraint artefact_family references core.artefact_families on delete cascade, -- ends with it, and is not made once it has ended
  payload text not null,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  primary key (kind, id_hash)
);
create index on core.artefacts (family);
create index on core.artefacts (expires_at);
create index on core.artefact_families (expires_at);

grant select, insert, update, delete on core.artefacts, core.artefact_families to troupe_app;
