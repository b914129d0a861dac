-- Asked by the sweep of prepared objects, once for each of them.
create index on assets.assets (original_key);
create index on assets.derivatives (object_key);
