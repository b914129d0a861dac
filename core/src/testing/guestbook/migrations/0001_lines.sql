create table guestbook.lines (
  id text primary key,
  author_id text not null,
  text text not null,
  stars integer not null default 0
);
create table guestbook.replies (
  line_id text not null,
  place integer not null,
  text text not null,
  primary key (line_id, place)
);
