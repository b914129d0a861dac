-- What is said anew stands in the place of what was said from there on: that is still on record, and neither shown nor told to a model.
alter table workforce.messages
  add column replaces_from integer check (replaces_from is null or replaces_from > 0 and replaces_from < sequence and author_kind = 'person'),
  add column tool_approval_id uuid check (tool_approval_id is null or tool_error is not null); -- the approval that the call waits for, or waited for
create index on workforce.messages (conversation_id, replaces_from) where replaces_from is not null;
create trigger fixed_too before update of replaces_from, tool_approval_id on workforce.messages
  for each row execute function core.refuse();
