-- AI employees as records, and what is said in conversations with them.
create table workforce.agents (
  id uuid primary key, -- the actor that the agent is
  name text not null check (length(name) between 1 and 100),
  role text not null check (length(role) between 1 and 200),
  description text not null check (length(description) <= 2000),
  instructions text not null check (length(instructions) <= 20000),
  model text check (model ~ '^[a-z0-9_-]+/.+$' and length(model) <= 200), -- null: the installation's model
  departments text[] not null constraint agent_department check (cardinality(departments) between 1 and 20),
  state text not null check (state in ('active', 'paused')),
  responsible_id text not null, -- the person who answers for what the agent does
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index agent_name_taken on workforce.agents (lower(name));
create trigger fixed before update of id, created_at or delete on workforce.agents for each row execute function core.refuse();

create table workforce.conversations (
  id uuid primary key,
  owner_id text not null, -- whose conversation it is
  agent_id uuid references workforce.agents,
  title text check (length(title) between 1 and 200), -- null until the first message
  surface text not null check (surface ~ '^[a-z][a-z0-9-]{0,30}$'),
  tainted boolean not null default false, -- text from outside was read here
  last_sequence integer not null default 0, -- the counter of its messages, moved under this row's lock
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index on workforce.conversations (owner_id, updated_at desc, id);
create index on workforce.conversations (updated_at desc, id);
create index on workforce.conversations (agent_id);
create trigger fixed before update of id, owner_id, created_at or delete on workforce.conversations
  for each row execute function core.refuse();
create trigger taint_stays before update of tainted on workforce.conversations
  for each row when (old.tainted and not new.tainted) execute function core.refuse();
create trigger sequence_grows before update of last_sequence on workforce.conversations
  for each row when (new.last_sequence <> old.last_sequence + 1) execute function core.refuse();

create table workforce.messages (
  id uuid primary key,
  conversation_id uuid not null references workforce.conversations,
  sequence integer not null check (sequence > 0),
  author_kind text not null check (author_kind in ('person', 'agent', 'system', 'tool')),
  author_id text not null,
  author_name text not null,
  text text not null check (length(text) <= 100000),
  status text not null check (status in ('streaming', 'done', 'stopped', 'failed')),
  tool_action text,
  tool_input text, -- JSON without secrets
  tool_call_id uuid, -- of the row in the record
  tool_outcome text check (tool_outcome in ('succeeded', 'failed')),
  tool_error text, -- the code of what the tool answered instead of a result
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (conversation_id, sequence),
  check ((status = 'streaming') = (finished_at is null)),
  check (author_kind <> 'tool' or (tool_action is not null and tool_outcome is not null)),
  check (tool_action is null or author_kind in ('tool', 'system'))
);
create unique index answer_running on workforce.messages (conversation_id) where status = 'streaming';
create trigger fixed before delete or update of id, conversation_id, sequence, author_kind, author_id, author_name, tool_action,
  tool_input, tool_call_id, tool_outcome, tool_error, created_at on workforce.messages for each row execute function core.refuse();
create trigger said_is_said before update on workforce.messages
  for each row when (old.status <> 'streaming') execute function core.refuse();
