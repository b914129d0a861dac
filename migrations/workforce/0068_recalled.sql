-- Which memories an agent was told before it answered. Ids alone: what is deleted or erased stands in no run.
alter table workforce.runs add column memories uuid[] not null default '{}' check (cardinality(memories) <= 10);
create trigger fixed_memories before update of memories on workforce.runs for each row execute function core.refuse();
