-- What was asked for in somebody's name is erased with their data (governance.erase-personal-data), and by nothing else: it then reads
-- `erased-` and its own id.
drop trigger asked on governance.approvals;
create trigger asked before update of id, tier, reasons, action, permission, plugin_version, requester, on_behalf_of, input_digest,
  effect, effect_digest, parked_call, created_at, expires_at or delete on governance.approvals
  for each row execute function core.refuse();
create trigger asked_unless_erased before update of call, input, changes on governance.approvals for each row
  when (new.call <> 'erased-' || old.id::text or new.input <> 'erased-' || old.id::text or new.changes <> 'erased-' || old.id::text)
  execute function core.refuse();
