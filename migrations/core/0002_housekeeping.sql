-- What is kept for a while only: why a job failed, objects that nothing refers to yet, events that everybody has had.
create table core.job_errors (
  job_id uuid primary key,
  code text not null,
  message text not null,
  at timestamptz not null default now()
);

-- Objects that a `prepare` has stored or found. The sweep deletes those that no handler has kept.
create table core.prepared_objects (
  key text primary key,
  at timestamptz not null default now()
);
create index on core.prepared_objects (at);

grant select, insert, update, delete on core.job_errors, core.prepared_objects to troupe_app;

create index on core.outbox (at);
create index on core.job_steps (at);

-- Deletes what was done before p_before: events with all their deliveries (their subject's number stays), steps of jobs and their errors.
create function core.prune(p_before timestamptz, p_most integer) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old bigint[];
begin
  select array_agg(one.id) into old from (
    select o.id from core.outbox o
      where o.at < p_before and not exists (select from core.deliveries d where d.event_id = o.id and d.state <> 'done')
      order by o.at limit p_most
  ) one;
  delete from core.deliveries where event_id = any (old);
  delete from core.outbox where id = any (old);
  delete from core.job_steps where (job_id, step) in (select s.job_id, s.step from core.job_steps s where s.at < p_before limit p_most);
  delete from core.job_errors where at < p_before;
end $$;
revoke execute on function core.prune(timestamptz, integer) from public;
grant execute on function core.prune(timestamptz, integer) to troupe_app;
