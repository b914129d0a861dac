-- Works that were brought in before the house kept where words come from: what files say of themselves came from outside.
insert into core.untrusted_rows (table_name, key, call_id, at)
  select 'assets.assets', id, gen_random_uuid(), created_at from assets.assets where source <> 'made'
  union all
  select 'assets.import_files', id, gen_random_uuid(), now() from assets.import_files;
