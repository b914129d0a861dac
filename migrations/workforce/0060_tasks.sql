-- Work that is given to somebody: an agent does it by itself, in a conversation of its own, in the name of a person.
create table workforce.tasks (
  id uuid primary key,
  number bigint generated always as identity unique, -- in the order in which they came
  title text not null check (length(title) between 1 and 200),
  brief text not null check (length(brief) between 1 and 4000),
  assignee_kind text not null check (assignee_kind in ('agent', 'person')),
  assignee_id text not null,
  created_by text not null, -- the actor: a person, or an agent that acted for one
  created_by_name text not null,
  person_id text not null, -- in whose name it is done
  mandate text not null, -- JSON: with whose rights, so that it is done with no others
  priority smallint not null check (priority between 1 and 5), -- 1 comes first
  due_at timestamptz,
  state text not null check (state in ('open', 'running', 'waiting', 'done', 'failed', 'cancelled')),
  waits_for text check (waits_for in ('tasks', 'approval', 'budget')),
  next_try_at timestamptz not null,
  attempts integer not null default 0 check (attempts >= 0), -- that failed, of those since somebody has asked for it
  most_attempts integer not null check (most_attempts between 1 and 10),
  output text check (length(output) <= 100000),
  error text, -- the code of what ended the last attempt
  tainted boolean not null default false, -- words from outside are in it, or were read on the way
  parent_id uuid references workforce.tasks,
  depth smallint not null default 0 check (depth between 0 and 3),
  awaited boolean not null default false, -- by its parent, which has not been told yet what came of it
  conversation_id uuid unique references workforce.conversations,
  runner uuid, -- the process that works on it
  cost_micro_usd bigint not null default 0 check (cost_micro_usd >= 0), -- of its runs
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  constraint task_attempts check (attempts <= most_attempts),
  check ((state = 'waiting') = (waits_for is not null)),
  check ((state = 'running') = (runner is not null)),
  check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null)),
  check (state <> 'failed' or error is not null),
  check (assignee_kind = 'agent' or state <> 'running'),
  check (not awaited or parent_id is not null),
  check ((parent_id is null) = (depth = 0))
);
create index on workforce.tasks (priority, due_at, number) where state = 'open' and assignee_kind = 'agent';
create index on workforce.tasks (number) where state in ('waiting', 'running');
create index on workforce.tasks (created_at desc, id);
create index on workforce.tasks (person_id, created_at desc, id);
create index on workforce.tasks (assignee_id, created_at desc, id);
create index on workforce.tasks (parent_id) where parent_id is not null;
create trigger fixed before delete or update of id, created_by, person_id, mandate, parent_id, depth, created_at
  on workforce.tasks for each row execute function core.refuse();
create trigger fixed_unless_erased before update of title, brief, created_by_name on workforce.tasks for each row
  when (new.brief <> 'erased-' || old.id::text) execute function core.refuse();
create trigger over_is_over before update on workforce.tasks
  for each row when (old.state in ('done', 'cancelled') and new.state <> old.state) execute function core.refuse();
create trigger failed_is_tried_again before update on workforce.tasks
  for each row when (old.state = 'failed' and new.state not in ('failed', 'open', 'waiting')) execute function core.refuse();
create trigger only_what_is_open_runs before update on workforce.tasks
  for each row when (new.state = 'running' and old.state not in ('open', 'running')) execute function core.refuse();
create trigger taint_stays before update of tainted on workforce.tasks
  for each row when (old.tainted and not new.tainted) execute function core.refuse();

-- A task waits for others that were there before it: so none waits for itself, by whatever way round.
create table workforce.task_dependencies (
  task_id uuid not null references workforce.tasks,
  depends_on_id uuid not null references workforce.tasks,
  person_id text not null,
  primary key (task_id, depends_on_id)
);
create index on workforce.task_dependencies (depends_on_id);
create trigger fixed before update or delete on workforce.task_dependencies for each row execute function core.refuse();
create function workforce.assert_depends_on_earlier() returns trigger language plpgsql set search_path = '' as $$
begin
  if (select number from workforce.tasks where id = new.depends_on_id) >= (select number from workforce.tasks where id = new.task_id) then
    raise exception 'a task depends on earlier ones alone' using errcode = 'check_violation', constraint = 'task_depends_on_earlier';
  end if;
  return new;
end $$;
create trigger earlier before insert on workforce.task_dependencies
  for each row execute function workforce.assert_depends_on_earlier();

-- What a task waits for that a person has to decide.
create table workforce.task_approvals (
  task_id uuid not null references workforce.tasks,
  approval_id uuid not null,
  person_id text not null,
  state text not null check (state in ('pending', 'executed', 'rejected', 'expired', 'cancelled', 'failed', 'replaced')),
  primary key (task_id, approval_id)
);
create index on workforce.task_approvals (approval_id) where state = 'pending';
create trigger fixed before delete or update of task_id, approval_id, person_id on workforce.task_approvals
  for each row execute function core.refuse();
create trigger decided_is_decided before update on workforce.task_approvals
  for each row when (old.state <> 'pending') execute function core.refuse();

alter table workforce.runs add column task_id uuid references workforce.tasks; -- null: somebody has spoken with the agent
create index on workforce.runs (task_id) where task_id is not null;
create trigger fixed_task before update of task_id on workforce.runs for each row execute function core.refuse();
