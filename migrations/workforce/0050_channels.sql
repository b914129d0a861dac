-- Where in a chat a conversation goes on, and which copies of an approval stand where, to be closed together.
alter table workforce.conversations add column place text check (length(place) between 1 and 200); -- null: it goes on at no place by itself
create unique index conversation_here on workforce.conversations (owner_id, surface, place) where place is not null;

create table workforce.cards (
  id uuid primary key,
  approval_id uuid not null,
  person_id text not null, -- who is asked, or has asked
  channel text not null check (channel in ('telegram', 'discord')),
  place text not null check (length(place) between 1 and 200),
  message_ref text check (length(message_ref) between 1 and 200), -- the channel's name of the message; null: it is on its way
  state text not null check (state in ('open', 'closed')),
  created_at timestamptz not null,
  constraint card_once unique (approval_id, channel, place)
);
create index on workforce.cards (channel, created_at) where state = 'open';
create trigger fixed before delete or update of id, approval_id, person_id, channel, place, created_at
  on workforce.cards for each row execute function core.refuse();
create trigger closed_is_closed before update on workforce.cards
  for each row when (old.state = 'closed') execute function core.refuse();
