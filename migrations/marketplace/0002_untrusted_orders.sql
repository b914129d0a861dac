-- Orders that were placed before the house kept where words come from: addresses are the buyers' words.
insert into core.untrusted_rows (table_name, key, call_id, at)
  select 'marketplace.orders', id::text, gen_random_uuid(), placed_at from marketplace.orders;
