-- Works, what was measured of them, the collections they stand in, and the imports that brought them.
create table assets.assets (
  id text primary key,
  -- newest first is by this, not by time: clocks repeat
  position bigint not null generated always as identity constraint assets_position unique,
  brand_id text not null check (brand_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  type text not null check (type in ('music', 'art', 'collectible', 'nft', 'document', 'other')),
  status text not null check (status in ('draft', 'indexed', 'published', 'on-sale', 'sold', 'archived')),
  title text not null check (title <> ''),
  description text not null default '',
  tags text[] not null default '{}',
  source text not null check (source in ('uploaded', 'imported', 'scraped', 'on-chain', 'made')),
  owner_kind text not null default 'company' check (owner_kind in ('user', 'customer', 'company')),
  owner_id text,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  original_key text not null,
  file_name text not null,
  content_type text not null,
  size bigint not null check (size > 0),
  facts jsonb not null,
  -- what the file says of itself, in words
  file_text text not null,
  -- all that it is found by
  search_text text not null,
  words tsvector not null generated always as (to_tsvector('english', search_text)) stored,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint assets_one_per_file unique (sha256),
  constraint assets_owner_named check ((owner_kind = 'company') = (owner_id is null))
);
create index on assets.assets using gin (words);
create index on assets.assets using gin (lower(title) gin_trgm_ops);
create index on assets.assets using gin (tags);
create index on assets.assets (brand_id, position desc);
create index on assets.assets (status, position desc);
create index on assets.assets (owner_id) where owner_id is not null;

create table assets.derivatives (
  asset_id text not null references assets.assets,
  name text not null check (name in ('thumbnail-320', 'thumbnail-1200', 'preview')),
  object_key text not null,
  content_type text not null,
  size bigint not null check (size > 0),
  primary key (asset_id, name)
);

create table assets.embeddings (
  asset_id text not null references assets.assets,
  model text not null,
  dimensions integer not null check (dimensions between 1 and 2000),
  vector vector not null check (vector_dims(vector) = dimensions),
  primary key (asset_id, model)
);
create index on assets.embeddings using hnsw ((vector::vector(512)) vector_cosine_ops) where dimensions = 512;

create table assets.fingerprints (
  asset_id text primary key references assets.assets,
  perceptual bit(64),
  mirrored bit(64),
  visual vector(192),
  -- base64, as the acoustic fingerprint is compared
  acoustic text,
  -- the upper 28 bits of its words: two recordings that share none are not compared
  acoustic_words integer[]
);
create index on assets.fingerprints using hnsw (visual vector_cosine_ops);
create index on assets.fingerprints using gin (acoustic_words);

-- A pair stands once, the smaller id first.
create table assets.likenesses (
  asset_id text not null references assets.assets,
  other_id text not null references assets.assets,
  kind text not null check (kind in ('same', 'near', 'similar')),
  measure text not null check (measure in ('perceptual', 'mirrored', 'acoustic', 'visual')),
  distance double precision not null check (distance between 0 and 1),
  primary key (asset_id, other_id),
  constraint likenesses_ordered check (asset_id < other_id)
);
create index on assets.likenesses (other_id);

create table assets.collections (
  id text primary key,
  position bigint not null generated always as identity constraint collections_position unique,
  brand_id text not null check (brand_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text not null,
  description text not null default '',
  created_at timestamptz not null,
  constraint collections_title_taken unique (brand_id, title)
);

create table assets.collection_items (
  collection_id text not null references assets.collections,
  asset_id text not null references assets.assets,
  position bigint not null generated always as identity,
  primary key (collection_id, asset_id)
);
create index on assets.collection_items (asset_id);

create table assets.imports (
  id text primary key,
  brand_id text not null check (brand_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  actor_id text not null,
  title text,
  tags text[] not null default '{}',
  collection_id text references assets.collections,
  source text not null check (source in ('uploaded', 'imported')),
  total integer not null check (total > 0),
  created_at timestamptz not null
);

create table assets.import_files (
  id text primary key,
  import_id text not null references assets.imports,
  brand_id text not null,
  place integer not null check (place >= 0),
  name text not null,
  -- an upload's id, or the local operator's path
  reference text not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'duplicate', 'failed')),
  asset_id text references assets.assets,
  error_code text,
  error_message text,
  finished_at timestamptz,
  constraint import_files_once unique (import_id, reference),
  constraint import_files_place unique (import_id, place),
  check ((state in ('done', 'duplicate')) = (asset_id is not null)),
  check ((state = 'failed') = (error_code is not null)),
  check ((state = 'waiting') = (finished_at is null))
);
