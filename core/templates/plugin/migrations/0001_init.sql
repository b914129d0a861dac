create table "sample".items (
  id uuid primary key,
  title text not null collate "C" constraint sample_title_taken unique,
  created_at timestamptz not null
);
