-- What somebody proposed is erased with their data (governance.erase-personal-data), and by nothing else: it then reads `erased-` and its own id.
drop trigger fixed on assets.drafts;
create trigger fixed before delete or update of id, asset_id, kind, sources, written_by, person_id, written_for, created_at
  on assets.drafts for each row execute function core.refuse();
create trigger fixed_unless_erased before update of text, reason on assets.drafts for each row
  when ((new.text <> old.text and new.text <> 'erased-' || old.id::text) or (new.reason <> old.reason and new.reason <> 'erased-' || old.id::text))
  execute function core.refuse();
