-- How often somebody has called in a minute, by all processes together. Only those who call a lot are counted here. It may be lost in a crash.
create unlogged table core.call_counts (
  minute timestamptz not null,
  key text not null, -- whose calls, and which of them
  calls integer not null check (calls > 0),
  primary key (minute, key)
);
grant select, insert, update, delete on core.call_counts to troupe_app;

-- Denials that a process has counted itself, after it recorded the first one.
create function core.count_denials(p_minute timestamptz, p_who text, p_entry jsonb, p_times integer) returns void language sql as $$
  insert into core.denials as d (minute, who, action, error, repeats, entry)
    values (p_minute, p_who, p_entry ->> 'action', p_entry ->> 'error', 1 + p_times, p_entry)
    on conflict (minute, who, action, error) do update set repeats = d.repeats + p_times
$$;
