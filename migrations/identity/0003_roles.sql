-- Roles: those that the plugins declare permissions for, Auditor, which stands outside their order, and the company's own.

create table identity.roles (
  id text primary key constraint role_id check (id ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(id) <= 40),
  name text not null check (length(name) between 1 and 100),
  permissions text[] check (cardinality(permissions) between 1 and 500),
  created_at timestamptz not null,
  -- what a built-in role holds is declared, not written here
  constraint role_built_in check ((permissions is null) = (id in ('owner', 'admin', 'editor', 'viewer', 'guest', 'auditor')))
);
insert into identity.roles (id, name, created_at) values
  ('owner', 'Owner', now()), ('admin', 'Admin', now()), ('editor', 'Editor', now()), ('viewer', 'Viewer', now()),
  ('guest', 'Guest', now()), ('auditor', 'Auditor', now());

alter table identity.grants drop constraint grants_role_check;
alter table identity.grants add constraint grant_role foreign key (role) references identity.roles;
create index on identity.grants (role);

-- Auditor is held on the whole company, and given by somebody else; nobody is Owner and Auditor.
alter table identity.grants add constraint auditor_of_company
  check (role <> 'auditor' or (brand_id is null and department_id is null));
alter table identity.grants add constraint auditor_by_another check (role <> 'auditor' or granted_by <> actor_id::text);
create unique index auditor_apart on identity.grants (actor_id)
  where role in ('owner', 'auditor') and brand_id is null and department_id is null;

create trigger rights_changed after update of permissions or delete on identity.roles
  for each statement execute function core.rights_changed();
