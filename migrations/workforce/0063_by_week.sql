-- What agents do is added up by weeks: what they used, what of their tasks ended, and for which of these a person had to step in.
create index on workforce.messages (author_id, created_at) where author_kind = 'tool';
create index on workforce.messages (conversation_id) where tool_approval_id is not null or (author_kind = 'person' and sequence > 1);
create index on workforce.tasks (assignee_id, finished_at);

-- by trying it again, or by giving it to somebody else after it was begun
alter table workforce.tasks add column interventions integer not null default 0 check (interventions >= 0);
create index on workforce.tasks (finished_at) where interventions > 0;
