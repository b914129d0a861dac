-- Standing tasks of agents: by the clock, when something has happened in the house, or when somebody outside calls.
create table workforce.schedules (
  id uuid primary key,
  title text not null check (length(title) between 1 and 200),
  brief text not null check (length(brief) between 1 and 4000),
  agent_id uuid not null references workforce.agents,
  person_id text not null, -- whoever set it last answers for it: its tasks are done in their name
  person_name text not null,
  mandate text not null, -- JSON: with whose rights
  priority smallint not null check (priority between 1 and 5),
  kind text not null check (kind in ('cron', 'event', 'webhook')),
  cron text check (length(cron) between 9 and 200),
  time_zone text check (length(time_zone) between 1 and 60),
  event text check (length(event) between 3 and 200),
  filter text not null default '{}', -- JSON: values that the payload of the event has, by path
  secret_number integer not null default 1 check (secret_number > 0), -- of a webhook: the secret is made of it
  state text not null check (state in ('active', 'paused', 'removed')),
  next_due_at timestamptz,
  last_fired_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((kind = 'cron') = (cron is not null)),
  check ((kind = 'cron') = (time_zone is not null)),
  check ((kind = 'event') = (event is not null)),
  check ((kind = 'cron' and state = 'active') = (next_due_at is not null))
);
create index on workforce.schedules (next_due_at) where next_due_at is not null;
create index on workforce.schedules (event) where kind = 'event' and state = 'active';
create index on workforce.schedules (created_at desc, id);
create trigger fixed before delete or update of id, kind, created_at on workforce.schedules
  for each row execute function core.refuse();
create trigger removed_is_removed before update on workforce.schedules
  for each row when (old.state = 'removed' and new.state <> 'removed') execute function core.refuse();
create trigger secrets_are_not_used_again before update on workforce.schedules
  for each row when (new.secret_number < old.secret_number) execute function core.refuse();

-- what made it: a slot of the clock, an event or a message makes one task of a schedule
alter table workforce.tasks add column schedule_id uuid references workforce.schedules;
alter table workforce.tasks add column slot text check (length(slot) between 1 and 300);
alter table workforce.tasks add column payload text check (length(payload) <= 70000); -- what came with it from outside
alter table workforce.tasks add constraint task_of_schedule check ((schedule_id is null) = (slot is null));
create unique index task_once on workforce.tasks (schedule_id, slot);
create trigger fixed_origin before update of schedule_id, slot on workforce.tasks for each row execute function core.refuse();
create trigger fixed_payload before update of payload on workforce.tasks for each row
  when (new.payload is not null) execute function core.refuse();
