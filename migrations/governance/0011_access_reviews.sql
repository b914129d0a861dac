-- Reviews of who holds what: each role, token and app as it stood at the start, and what somebody else decided about it.
create table governance.access_reviews (
  id uuid primary key,
  title text not null check (length(title) between 1 and 200),
  started_by text not null,
  started_at timestamptz not null,
  closed_at timestamptz check (closed_at >= started_at)
);
create unique index review_open on governance.access_reviews (title) where closed_at is null;
create index on governance.access_reviews (started_at desc, id desc);

create table governance.access_items (
  id uuid primary key,
  review_id uuid not null references governance.access_reviews,
  kind text not null check (kind in ('role', 'token', 'app')),
  access_id uuid not null, -- identity's
  actor_id text not null,
  what text not null,
  brand_id text,
  department_id text,
  scopes text[],
  granted_by text not null,
  since timestamptz not null,
  until timestamptz,
  hands text[] not null, -- who hold its actor in their hands
  state text not null default 'open' check (state in ('open', 'kept', 'revoked', 'gone')),
  decided_by text,
  decided_at timestamptz,
  note text check (length(note) between 1 and 2000),
  constraint access_once unique (review_id, kind, access_id),
  constraint access_decided check ((state <> 'open') = (decided_by is not null) and (state <> 'open') = (decided_at is not null)
    and (state <> 'open') = (note is not null)),
  constraint access_of_another check (decided_by <> actor_id and decided_by <> all (hands))
);
create index on governance.access_items (review_id, actor_id, id);
create index on governance.access_items (review_id) where state = 'open';

-- Items come undecided, are decided once, and only while the review is open.
create function governance.check_access_item() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new is not distinct from old then
    return new;
  end if;
  if tg_op = 'INSERT' then
    if new.state <> 'open' then
      raise exception 'an item begins open' using errcode = '23514', constraint = 'access_state';
    end if;
  elsif old.state <> 'open' or new.state = 'open'
      or to_jsonb(old) - array['state', 'decided_by', 'decided_at', 'note'] <> to_jsonb(new) - array['state', 'decided_by', 'decided_at', 'note'] then
    raise exception 'item % is decided once, and nothing else of it changes', old.id using errcode = '23514', constraint = 'access_state';
  end if;
  -- who decides at the same moment waits here, so that one of them sees that it was the last
  perform from governance.access_reviews where id = new.review_id and closed_at is null for update;
  if not found then
    raise exception 'review % is closed', new.review_id using errcode = '23514', constraint = 'review_closed';
  end if;
  return new;
end $$;
create trigger check_access_item before insert or update on governance.access_items
  for each row execute function governance.check_access_item();
create trigger decided before delete on governance.access_items for each row execute function core.refuse();

-- The last decision closes the review.
create function governance.close_review() returns trigger language plpgsql as $$
begin
  update governance.access_reviews set closed_at = new.decided_at
  where id = new.review_id and not exists (select from governance.access_items where review_id = new.review_id and state = 'open');
  return null;
end $$;
create trigger close_review after update on governance.access_items for each row execute function governance.close_review();

create function governance.check_review() returns trigger language plpgsql as $$
begin
  if new is not distinct from old then
    return new;
  end if;
  if old.closed_at is not null or new.closed_at is null
      or exists (select from governance.access_items where review_id = new.id and state = 'open') then
    raise exception 'review % is not to be closed, or was', new.id using errcode = '23514', constraint = 'review_closed';
  end if;
  return new;
end $$;
create trigger check_review before update on governance.access_reviews for each row execute function governance.check_review();
create trigger started before update of id, title, started_by, started_at or delete on governance.access_reviews
  for each row execute function core.refuse();
