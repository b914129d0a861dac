create table notes.notes (
  id uuid primary key,
  author_id text not null,
  brand_id text,
  title text not null constraint title_short check (length(title) <= 40),
  draft text not null default '',
  word_hash text,
  amount bigint not null default 0
);
create table notes.readers (
  note_id uuid not null references notes.notes,
  reader_id text not null,
  seen integer not null default 0,
  primary key (note_id, reader_id)
);

-- what an unbalanced ledger entry is like: only at the end of the transaction is it known to be wrong
create function notes.assert_even() returns trigger language plpgsql as $$
begin
  if (select sum(amount) from notes.notes where author_id = new.author_id) % 2 <> 0 then
    raise exception 'the amounts of % are odd', new.author_id using errcode = '23514', constraint = 'amounts_even';
  end if;
  return null;
end $$;
create constraint trigger even after insert or update on notes.notes deferrable initially deferred for each row execute function notes.assert_even();
