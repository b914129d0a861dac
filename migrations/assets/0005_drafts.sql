-- Words that somebody proposes for a work: they change nothing until a person takes them.
create table assets.drafts (
  id uuid primary key,
  asset_id text not null references assets.assets,
  kind text not null check (kind in ('description', 'campaign')),
  text text not null check (length(text) between 1 and 5000),
  reason text not null check (length(reason) between 1 and 500), -- what it is for
  sources text[] not null check (cardinality(sources) <= 20), -- ids of the works that were read for it
  written_by text not null, -- the actor
  person_id text not null, -- for whom
  written_for text not null check (length(written_for) = 64), -- SHA-256 of the words of the work that it was written for
  state text not null check (state in ('open', 'accepted', 'rejected')),
  replaced text, -- the description in whose place it stands
  decided_by text,
  note text check (length(note) between 1 and 500),
  created_at timestamptz not null,
  decided_at timestamptz,
  check ((state = 'open') = (decided_at is null) and (state = 'open') = (decided_by is null)),
  check ((replaced is not null) = (state = 'accepted' and kind = 'description')),
  check (note is null or state = 'rejected')
);
create unique index draft_once on assets.drafts (asset_id, kind, md5(text)) where state = 'open';
create index on assets.drafts (created_at desc, id desc);
create index on assets.drafts (asset_id, created_at desc);
create trigger fixed before delete or update of id, asset_id, kind, text, reason, sources, written_by, person_id, written_for, created_at
  on assets.drafts for each row execute function core.refuse();
create trigger decided_is_decided before update of state on assets.drafts
  for each row when (old.state <> 'open' and new.state <> 'open') execute function core.refuse();
