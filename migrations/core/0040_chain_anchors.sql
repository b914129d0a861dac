-- Anchors of the sealed log on EVM chains: what is to be said there, and each transaction that was signed to say it, before it is sent.
create table core.chain_anchors (
  chain_id bigint not null check (chain_id > 0),
  address text not null check (address ~ '^0x[0-9a-f]{40}$'), -- whose key signs; it pays the fee and is the target too
  nonce bigint not null check (nonce >= 0), -- used once on a chain: whatever is sent again or at another price, one of it counts
  size bigint not null check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  at timestamptz not null default now(),
  state text not null default 'stored'
    -- sent: a node took it; unknown: a node may have it; confirmed: it stands deep enough; displaced: something else used the nonce
    constraint known_state check (state in ('stored', 'sent', 'unknown', 'confirmed', 'displaced')),
  fee_wei numeric(78, 0) not null check (fee_wei >= 0), -- the most that it may cost; once it is confirmed what it cost
  transaction_hash text,
  block_number bigint,
  block_hash text check (block_hash ~ '^0x[0-9a-f]{64}$'),
  block_at timestamptz,
  primary key (chain_id, address, nonce),
  constraint confirmed_where check (num_nulls(transaction_hash, block_number, block_hash, block_at) = case when state = 'confirmed' then 0 else 4 end)
);
-- A place of the log is anchored once.
create unique index chain_anchors_once on core.chain_anchors (chain_id, address, size) where state <> 'displaced';

create table core.chain_transactions (
  hash text primary key check (hash ~ '^0x[0-9a-f]{64}$'),
  chain_id bigint not null,
  address text not null,
  nonce bigint not null,
  attempt smallint not null check (attempt between 0 and 5), -- the same at a higher price, a few times
  raw text not null check (raw ~ '^0x[0-9a-f]+$'), -- signed
  gas bigint not null check (gas > 0),
  fee_per_gas_wei numeric(78, 0) not null check (fee_per_gas_wei > 0), -- at most
  tip_per_gas_wei numeric(78, 0) not null check (tip_per_gas_wei between 0 and fee_per_gas_wei),
  at timestamptz not null default now(),
  foreign key (chain_id, address, nonce) references core.chain_anchors,
  unique (chain_id, address, nonce, attempt),
  unique (hash, chain_id, address, nonce)
);
alter table core.chain_anchors add constraint own_transaction
  foreign key (transaction_hash, chain_id, address, nonce) references core.chain_transactions (hash, chain_id, address, nonce);

-- One after the other, and only forwards; a confirmed one is open again where the chain has forgotten its block.
create function core.guard_chain_anchor() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'stored' or exists (
      select from core.chain_anchors a where a.chain_id = new.chain_id and a.address = new.address
        and (a.nonce >= new.nonce or a.state not in ('confirmed', 'displaced'))
    ) then
      raise exception 'the anchor % of % would not come after the others', new.nonce, new.address using errcode = 'TR005', constraint = 'one_by_one';
    end if;
    return new;
  end if;
  if (new.chain_id, new.address, new.nonce, new.size, new.root, new.at) is distinct from (old.chain_id, old.address, old.nonce, old.size, old.root, old.at)
    or (old.state = 'confirmed' and new.state <> 'sent') or old.state = 'displaced' or (new.state = 'stored' and old.state <> 'stored') then
    raise exception 'an anchor that is % cannot become %', old.state, new.state using errcode = 'TR005', constraint = 'forwards';
  end if;
  return new;
end $$;
create trigger guard before insert or update on core.chain_anchors for each row execute function core.guard_chain_anchor();
create trigger kept before delete on core.chain_anchors for each row execute function core.refuse();
create trigger whole before truncate on core.chain_anchors for each statement execute function core.refuse();
create trigger immutable before update or delete on core.chain_transactions for each row execute function core.refuse();
create trigger whole before truncate on core.chain_transactions for each statement execute function core.refuse();
grant select, insert on core.chain_anchors, core.chain_transactions to troupe_app;
grant update (state, fee_wei, transaction_hash, block_number, block_hash, block_at) on core.chain_anchors to troupe_app;

-- Which process anchors, so that several do not do the same work; what keeps a nonce from being used twice is the key of chain_anchors.
alter table core.seal_lease add column anchor_holder uuid, add column anchor_until timestamptz not null default '-infinity';
