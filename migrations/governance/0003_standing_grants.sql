-- A yes in advance: one agent, one action, one counterparty, up to a sum, for hours.
create table governance.standing_grants (
  id uuid primary key,
  agent text not null,
  action text not null,
  counterparty text not null check (counterparty <> ''),
  unit text not null,
  cap numeric(78, 0) not null check (cap > 0),
  used numeric(78, 0) not null default 0 check (used >= 0),
  granted_by text not null check (granted_by <> agent),
  granted_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint standing_cap check (used <= cap),
  constraint standing_hours check (expires_at > granted_at and expires_at <= granted_at + interval '8 hours')
);
create index on governance.standing_grants (agent, action, counterparty, unit) where revoked_at is null;
create trigger asked before update of id, agent, action, counterparty, unit, cap, granted_by, granted_at, expires_at or delete
  on governance.standing_grants for each row execute function core.refuse();
