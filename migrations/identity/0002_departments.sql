-- Departments: parts of the company by what people do there. A role held on one gives standing, which policies ask for, and no permission.

create table identity.departments (
  id text primary key constraint department_id check (id ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(id) <= 40),
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null,
  archived_at timestamptz -- roles on it count for nothing from then on
);

alter table identity.grants add column department_id text constraint grant_department references identity.departments;
alter table identity.grants add constraint grant_one_place check (brand_id is null or department_id is null);
alter table identity.grants drop constraint granted_once;
alter table identity.grants add constraint granted_once unique nulls not distinct (actor_id, role, brand_id, department_id);
create index on identity.grants (department_id);

create trigger rights_changed after update of archived_at or delete on identity.departments
  for each statement execute function core.rights_changed();

create or replace function identity.keep_owner() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from identity.grants held
    join identity.actors actor on actor.id = held.actor_id and actor.active
    join identity.people person on person.actor_id = actor.id
    where held.role = 'owner' and held.brand_id is null and held.department_id is null
  ) then
    raise exception 'the company has no active owner' using errcode = 'check_violation', constraint = 'last_owner';
  end if;
  return null;
end $$;
