-- Calls that wait for a person's yes, who said it, what is switched off, and how much may be spent.

-- A parked call. What was asked never changes; its state moves forward only.
create table governance.approvals (
  id uuid primary key,
  state text not null check (state in ('pending', 'approved', 'rejected', 'cancelled', 'expired', 'executed', 'failed', 'replaced')),
  tier smallint not null check (tier between 1 and 3),
  reasons text[] not null,
  action text not null,
  permission text not null,
  plugin_version text not null,
  requester text not null, -- who made the call
  on_behalf_of text, -- the person for whom an agent made it
  call text not null, -- the call as it was made, to be made again: caller, surface, input, key
  input text not null, -- as it is shown: canonical JSON
  input_digest text not null, -- keyed
  effect text not null, -- measured: sums by account and unit, counterparties, rows by table and operation
  effect_digest text not null, -- keyed
  changes text not null, -- what capture wrote, to be shown as far as the reader may read it
  parked_call uuid not null, -- the call that was rolled back
  executed_call uuid,
  error text,
  replaced_by uuid references governance.approvals deferrable initially deferred,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  decided_at timestamptz,
  constraint approval_done check ((state = 'executed') = (executed_call is not null)),
  constraint approval_replaced check ((state = 'replaced') = (replaced_by is not null))
);
-- the same call asked for twice waits once
create unique index approval_once on governance.approvals (requester, coalesce(on_behalf_of, ''), action, input_digest)
  where state in ('pending', 'approved');
create index on governance.approvals (state, created_at desc);
create index on governance.approvals (requester, created_at desc);
create trigger asked before update of id, tier, reasons, action, permission, plugin_version, requester, on_behalf_of, call, input, input_digest,
  effect, effect_digest, changes, parked_call, created_at, expires_at or delete on governance.approvals
  for each row execute function core.refuse();

-- One vote for each person; none is taken back.
create table governance.votes (
  approval_id uuid not null references governance.approvals,
  person text not null,
  vote text not null check (vote in ('yes', 'no')),
  note text not null,
  at timestamptz not null,
  constraint vote_once primary key (approval_id, person)
);
create trigger cast_once before update or delete on governance.votes for each row execute function core.refuse();

create function governance.check_vote() returns trigger language plpgsql as $$
declare
  about governance.approvals;
begin
  select * into about from governance.approvals a where a.id = new.approval_id for update;
  if about.state <> 'pending' or new.at >= about.expires_at then
    raise exception 'approval % is not open', new.approval_id using errcode = '23514', constraint = 'approval_open';
  end if;
  if new.person = about.requester or (about.tier > 1 and new.person = about.on_behalf_of) then
    raise exception 'approval % needs another person', new.approval_id using errcode = '23514', constraint = 'four_eyes';
  end if;
  if about.tier = 1 and new.person <> about.on_behalf_of then
    raise exception 'approval % is for the person who asked', new.approval_id using errcode = '23514', constraint = 'own_agent';
  end if;
  return new;
end $$;
create trigger check_vote before insert on governance.votes for each row execute function governance.check_vote();

-- pending -> approved -> executed or failed; whatever is open can end as cancelled, expired or replaced; a yes needs its votes.
create function governance.check_state() returns trigger language plpgsql as $$
begin
  if new.state = old.state then
    return new;
  end if;
  if not (
    (old.state = 'pending' and new.state in ('approved', 'rejected', 'cancelled', 'expired'))
    or (old.state = 'approved' and new.state in ('executed', 'failed', 'cancelled', 'expired', 'replaced'))
  ) then
    raise exception 'approval % does not go from % to %', new.id, old.state, new.state using errcode = '23514', constraint = 'approval_open';
  end if;
  if new.state = 'approved' and (
    (select count(*) from governance.votes v where v.approval_id = new.id and v.vote = 'yes') < (case when new.tier = 3 then 2 else 1 end)
    or exists (select from governance.votes v where v.approval_id = new.id and v.vote = 'no')
  ) then
    raise exception 'approval % has not got its votes', new.id using errcode = '23514', constraint = 'approval_votes';
  end if;
  return new;
end $$;
create trigger check_state before update of state on governance.approvals for each row execute function governance.check_state();

-- From which sum on an agent needs which yes. Sums are those of a call, debits only, in minor units.
create table governance.tiers (
  unit text not null,
  tier smallint not null check (tier between 1 and 3),
  from_amount numeric(78, 0) not null check (from_amount >= 0),
  set_by text not null,
  set_at timestamptz not null,
  primary key (unit, tier)
);

-- How much may be moved in a window of time: by one actor or, with none named, by each.
create table governance.limits (
  id uuid primary key,
  actor text, -- null: each agent
  action text, -- null: all
  counterparty text, -- null: all together
  unit text not null,
  amount numeric(78, 0) not null constraint limit_amount check (amount >= 0),
  window_seconds integer not null check (window_seconds between 60 and 31622400),
  set_by text not null,
  set_at timestamptz not null
);
create index on governance.limits (unit);

-- What was used of a limit in one window, by one actor; the row is the lock that others wait for.
create table governance.limit_uses (
  limit_id uuid not null references governance.limits on delete cascade,
  actor text not null,
  window_start timestamptz not null,
  used numeric(78, 0) not null check (used >= 0),
  primary key (limit_id, actor, window_start)
);

create function governance.check_use() returns trigger language plpgsql as $$
begin
  if new.used > (select l.amount from governance.limits l where l.id = new.limit_id) then
    raise exception 'limit % is reached', new.limit_id using errcode = '23514', constraint = 'limit_reached';
  end if;
  return new;
end $$;
create trigger check_use before insert or update on governance.limit_uses for each row execute function governance.check_use();

-- What is switched off. Whoever is in a transaction reads the version of rights first, so that it holds at once.
create table governance.switches (
  kind text not null check (kind in ('actor', 'plugin', 'action')),
  target text not null check (target <> '' and not (kind = 'plugin' and target in ('governance', 'identity'))
    and not (kind = 'actor' and target = 'local-operator') and not (kind = 'action' and (target like 'governance.%' or target like 'identity.%'))),
  reason text not null check (reason <> ''),
  set_by text not null,
  set_at timestamptz not null,
  constraint switched_off primary key (kind, target)
);
create trigger rights_changed after insert or update or delete on governance.switches for each statement execute function core.rights_changed();

insert into governance.tiers (unit, tier, from_amount, set_by, set_at)
  select unit, tier, amount, 'service:governance', now()
  from (values ('EUR'), ('USD')) u (unit), (values (1, 10000), (2, 100000), (3, 1000000)) t (tier, amount);
