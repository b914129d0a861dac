-- Pictures of tables, for whoever they were drawn for.
create table charts.charts (
  id uuid primary key,
  person_id text not null,
  title text not null check (length(title) between 1 and 120),
  png_key text not null,
  png_size integer not null check (png_size > 0),
  svg_key text not null,
  svg_size integer not null check (svg_size > 0),
  created_at timestamptz not null
);
create index on charts.charts (person_id, created_at desc);
-- whether a stored picture still stands in a row
create index on charts.charts (png_key);
create index on charts.charts (svg_key);
create trigger fixed before update on charts.charts for each row execute function core.refuse();
