create table diary.pages (
  id text primary key,
  text text not null,
  mood text not null
);
