-- Names of apps and devices that were kept before the house kept where words come from.
insert into core.untrusted_rows (table_name, key, call_id)
  select 'identity.app_grants', id::text, gen_random_uuid() from identity.app_grants
  union all
  select 'identity.sessions', id::text, gen_random_uuid() from identity.sessions
  union all
  select 'identity.linked_identities', id::text, gen_random_uuid() from identity.linked_identities;
