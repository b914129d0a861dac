-- What somebody had kept for later, for those who may see its scope: a person, an agent, a department, a brand or the company.
create table workforce.memories (
  id uuid primary key,
  text text not null check (length(text) between 1 and 1000 and text = btrim(text)),
  scope text not null check (scope in ('person', 'agent', 'department', 'brand', 'company')),
  scope_id text not null check (length(scope_id) between 1 and 100), -- of what the scope names; `*`: the company
  person_id text not null, -- on whose behalf it was saved: it is theirs to take back, and is erased with them
  saved_by text not null, -- the actor
  saved_by_name text not null,
  tainted boolean not null, -- words from outside had been read where it was saved
  call_id uuid not null, -- that saved it, in the record
  conversation_id uuid references workforce.conversations, -- in which an agent saved it, and its answer there
  message_id uuid references workforce.messages,
  words tsvector not null generated always as (to_tsvector('english', text)) stored,
  created_at timestamptz not null,
  expires_at timestamptz check (expires_at > created_at),
  check ((scope = 'company') = (scope_id = '*')),
  check (scope <> 'person' or scope_id = person_id),
  check ((conversation_id is null) = (message_id is null))
);
create unique index memory_once on workforce.memories (scope, scope_id, md5(text));
create index on workforce.memories (scope, scope_id);
create index on workforce.memories (created_at desc, id desc);
create index on workforce.memories (person_id);
create index on workforce.memories (expires_at) where expires_at is not null;
create index on workforce.memories using gin (words);
create index on workforce.memories using gin (lower(text) gin_trgm_ops);
create trigger fixed before update on workforce.memories for each row execute function core.refuse();

-- How many a scope has. The trigger counts, whoever writes, so that two calls at once keep within the bound too.
create table workforce.memory_counts (
  scope text not null,
  scope_id text not null,
  memories integer not null constraint memory_scope_full check (memories between 0 and 1000),
  primary key (scope, scope_id)
);
create function workforce.count_memories() returns trigger language plpgsql set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    insert into workforce.memory_counts (scope, scope_id, memories) values (new.scope, new.scope_id, 1)
      on conflict (scope, scope_id) do update set memories = workforce.memory_counts.memories + 1;
  else
    update workforce.memory_counts set memories = memories - 1 where scope = old.scope and scope_id = old.scope_id;
  end if;
  return null;
end $$;
create trigger counted after insert or delete on workforce.memories
  for each row execute function workforce.count_memories();

create table workforce.memory_embeddings (
  memory_id uuid not null references workforce.memories on delete cascade,
  model text not null,
  dimensions integer not null check (dimensions between 1 and 2000),
  vector vector not null check (vector_dims(vector) = dimensions),
  primary key (memory_id, model)
);
create index on workforce.memory_embeddings using hnsw ((vector::vector(512)) vector_cosine_ops)
  with (m = 32, ef_construction = 128) where dimensions = 512;
