-- Answers of agents as runs of steps. A step is kept before its tools are used, so that a run goes on when its process has ended, and is
-- paid for beforehand, so that no budget is exceeded. Sums are millionths of a US dollar.
create table workforce.model_prices (
  model text primary key check (model ~ '^[a-z0-9_-]+/.+$' and length(model) <= 200),
  input_micro_usd bigint not null check (input_micro_usd between 0 and 1000000000), -- for a million tokens read
  output_micro_usd bigint not null check (output_micro_usd between 0 and 1000000000), -- for a million tokens written
  context_tokens integer not null check (context_tokens between 1000 and 100000000), -- what it takes in at most, its answer included
  most_output_tokens integer not null check (most_output_tokens between 16 and context_tokens),
  updated_at timestamptz not null
);

create table workforce.budgets (
  kind text not null check (kind in ('agent', 'person')),
  actor_id text not null check (length(actor_id) between 1 and 100), -- `*`: whoever has none of their own
  daily_micro_usd bigint not null check (daily_micro_usd between 0 and 1000000000000),
  updated_at timestamptz not null,
  primary key (kind, actor_id)
);

create table workforce.spending (
  kind text not null check (kind in ('agent', 'person')),
  actor_id text not null,
  day date not null, -- of UTC
  reserved_micro_usd bigint not null default 0 check (reserved_micro_usd >= 0), -- by steps that are under way
  spent_micro_usd bigint not null default 0 check (spent_micro_usd >= 0),
  primary key (kind, actor_id, day)
);
create trigger fixed before update of kind, actor_id, day or delete on workforce.spending for each row execute function core.refuse();
create trigger spent_is_spent before update on workforce.spending
  for each row when (new.spent_micro_usd < old.spent_micro_usd) execute function core.refuse();

create table workforce.runs (
  id uuid primary key,
  conversation_id uuid not null references workforce.conversations,
  message_id uuid not null unique references workforce.messages, -- the answer
  agent_id uuid not null references workforce.agents,
  person_id text not null, -- for whom it acts
  caller text not null, -- JSON: with what rights, so that it goes on with no others
  models text[] not null check (cardinality(models) between 1 and 10), -- in the order in which they are asked
  trace text not null,
  request_id text not null,
  state text not null check (state in ('running', 'done', 'stopped', 'failed')),
  error text, -- the code of what ended it
  runner uuid not null, -- the process that works on it
  takeovers integer not null default 0, -- by other processes
  last_step integer not null check (last_step > 0),
  cost_micro_usd bigint not null default 0 check (cost_micro_usd >= 0),
  created_at timestamptz not null,
  finished_at timestamptz,
  check ((state = 'running') = (finished_at is null))
);
create unique index run_running on workforce.runs (conversation_id) where state = 'running';
create index on workforce.runs (created_at) where state = 'running';
create index on workforce.runs (agent_id, created_at);
create trigger fixed before delete or update of id, conversation_id, message_id, agent_id, person_id, caller, models, trace, request_id, created_at
  on workforce.runs for each row execute function core.refuse();
create trigger over_is_over before update on workforce.runs
  for each row when (old.state <> 'running') execute function core.refuse();

create table workforce.steps (
  id uuid primary key,
  run_id uuid not null references workforce.runs,
  number integer not null check (number > 0),
  person_id text not null,
  kind text not null check (kind in ('answer', 'summary')), -- of what is too long ago to be said to the model word by word
  state text not null check (state in ('asked', 'answered', 'done', 'failed')),
  day date not null, -- of whose budgets it is paid
  reserved_micro_usd bigint not null check (reserved_micro_usd >= 0),
  model text, -- that answered
  input_tokens bigint check (input_tokens >= 0),
  output_tokens bigint check (output_tokens >= 0),
  tokens_said boolean, -- by the model's server; else they are the most that it can have been
  cost_micro_usd bigint check (cost_micro_usd >= 0),
  text text not null default '' check (length(text) <= 200000),
  calls text not null default '[]', -- JSON: the tools that the model asked for
  results text not null default '[]', -- JSON: what it is told of them
  asked_at timestamptz not null,
  answered_at timestamptz,
  finished_at timestamptz,
  unique (run_id, number),
  check ((state = 'asked') = (cost_micro_usd is null)),
  check ((state in ('done', 'failed')) = (finished_at is not null))
);
create trigger fixed before delete or update of id, run_id, number, person_id, kind, day, reserved_micro_usd, asked_at
  on workforce.steps for each row execute function core.refuse();
create trigger done_is_done before update on workforce.steps
  for each row when (old.state in ('done', 'failed') and new.text <> 'erased-' || old.id::text) execute function core.refuse();

-- what is told of the beginning of a long conversation, and the number of the last message that is in it
alter table workforce.conversations add column summary text check (length(summary) between 1 and 20000);
alter table workforce.conversations add column summary_sequence integer not null default 0 check (summary_sequence between 0 and last_sequence);

-- an answer whose run nobody keeps has been cut off
update workforce.messages set status = 'failed', finished_at = now() where status = 'streaming';
