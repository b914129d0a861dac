-- Who had given somebody their roles within a day when they said yes in advance: their yes is not another's for these.
alter table governance.standing_grants add column appointed_by text[] not null default '{}';
drop trigger asked on governance.standing_grants;
create trigger asked before update of id, agent, action, counterparty, unit, cap, granted_by, granted_at, expires_at, appointed_by or delete
  on governance.standing_grants for each row execute function core.refuse();
