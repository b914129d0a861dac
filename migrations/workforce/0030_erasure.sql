-- What a person said is erased with their data (governance.erase-personal-data), and by nothing else: it then reads `erased-` and its own id.
drop trigger fixed on workforce.messages;
create trigger fixed before delete or update of id, conversation_id, sequence, author_kind, author_id, tool_action, tool_call_id,
  tool_outcome, tool_error, created_at on workforce.messages for each row execute function core.refuse();
create trigger fixed_unless_erased before update of author_name, tool_input on workforce.messages for each row
  when (new.text <> 'erased-' || old.id::text) execute function core.refuse();
drop trigger said_is_said on workforce.messages;
create trigger said_is_said before update on workforce.messages
  for each row when (old.status <> 'streaming' and new.text <> 'erased-' || old.id::text) execute function core.refuse();
