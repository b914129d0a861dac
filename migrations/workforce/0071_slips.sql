-- Mistyped words are looked for where a memory begins: to compare them with all of a long text takes a hundred times as long.
drop index workforce.memories_lower_idx;
create index memories_slips_idx on workforce.memories using gin (left(lower(text), 200) gin_trgm_ops);
