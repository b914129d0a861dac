-- What is sold: products made of works, their stock, the listings that offer them, and the orders, payments and deliveries of it.
create table marketplace.products (
  id uuid primary key,
  position bigint generated always as identity unique,
  brand_id text not null,
  title text not null constraint product_title check (title ~ '\S'),
  kind text not null check (kind in ('digital', 'physical')),
  edition text not null check (edition in ('unique', 'limited', 'open')),
  created_at timestamptz not null,
  constraint product_edition check (edition <> 'open' or kind = 'digital')
);
create index on marketplace.products (brand_id, position desc);

create table marketplace.product_assets (
  product_id uuid not null references marketplace.products,
  asset_id text not null,
  place integer not null check (place >= 0),
  one_of_one boolean not null,
  primary key (product_id, asset_id),
  unique (product_id, place)
);
create index on marketplace.product_assets (asset_id);
create unique index product_asset_one_of_one on marketplace.product_assets (asset_id) where one_of_one;

create table marketplace.stock (
  product_id uuid primary key references marketplace.products,
  brand_id text not null,
  on_hand integer check (on_hand >= 0), -- null: an open edition never runs out
  held integer not null default 0 constraint stock_held check (held >= 0),
  sold integer not null default 0 constraint stock_sold check (sold >= 0),
  constraint stock_not_oversold check (held + sold <= on_hand)
) with (fillfactor = 50);

create table marketplace.holds (
  id uuid primary key,
  product_id uuid not null references marketplace.products,
  brand_id text not null,
  actor_id text not null,
  quantity integer not null check (quantity > 0),
  state text not null check (state in ('active', 'used', 'expired')),
  expires_at timestamptz not null,
  created_at timestamptz not null
);
create index on marketplace.holds (product_id, expires_at) where state = 'active';

create table marketplace.listings (
  id uuid primary key,
  position bigint generated always as identity unique,
  product_id uuid not null references marketplace.products,
  brand_id text not null,
  unit text not null,
  price numeric(78, 0) not null constraint listing_price check (price > 0 and price < 1e30),
  state text not null check (state in ('draft', 'active', 'ended')),
  starts_at timestamptz,
  ends_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint listing_window check (ends_at > starts_at)
);
create index on marketplace.listings (state, position desc);
create index on marketplace.listings (product_id);
create trigger fixed before update of id, product_id, brand_id, unit or delete on marketplace.listings
  for each row execute function core.refuse();

-- Numbers without gaps: a row that is rolled back with its call, where a sequence would not be.
create table marketplace.counters (
  name text primary key,
  value bigint not null check (value > 0)
) with (fillfactor = 50);

create table marketplace.orders (
  id uuid primary key,
  number bigint not null constraint order_number unique,
  brand_id text not null,
  buyer_id text not null, -- an actor; `guest`: whoever holds the access key
  email text,
  shipping_address text,
  state text not null check (state in ('placed', 'paid', 'fulfilled', 'cancelled', 'refunded')),
  total numeric(78, 0) not null check (total > 0),
  unit text not null,
  access_hash text constraint order_access_key unique, -- SHA-256 of the key that the buyer chose
  placed_at timestamptz not null,
  changed_at timestamptz not null,
  constraint order_reachable check (buyer_id <> 'guest' or (access_hash is not null and email is not null))
);
create index on marketplace.orders (buyer_id, number desc);
create index on marketplace.orders (brand_id, number desc);
create trigger fixed before update of id, number, brand_id, buyer_id, total, unit, access_hash, placed_at or delete on marketplace.orders
  for each row execute function core.refuse();

-- What was bought, as it stood at that moment.
create table marketplace.order_lines (
  order_id uuid not null references marketplace.orders,
  place integer not null check (place >= 0),
  brand_id text not null,
  listing_id uuid not null references marketplace.listings,
  product_id uuid not null references marketplace.products,
  title text not null,
  kind text not null check (kind in ('digital', 'physical')),
  quantity integer not null check (quantity > 0),
  price numeric(78, 0) not null check (price > 0), -- of one
  primary key (order_id, place)
);
create trigger immutable before update or delete on marketplace.order_lines for each row execute function core.refuse();

create table marketplace.payments (
  id uuid primary key,
  order_id uuid not null references marketplace.orders constraint payment_once unique,
  brand_id text not null,
  provider text not null check (provider in ('test')),
  amount numeric(78, 0) not null check (amount > 0),
  unit text not null,
  state text not null check (state in ('intended', 'succeeded', 'refunded')),
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create trigger fixed before update of id, order_id, brand_id, provider, amount, unit, created_at or delete on marketplace.payments
  for each row execute function core.refuse();

-- A file that somebody bought, and the link that is good for it now: none until the buyer has a secret to make one from.
create table marketplace.deliveries (
  id uuid primary key,
  order_id uuid not null,
  place integer not null,
  brand_id text not null,
  asset_id text not null,
  title text not null,
  generation integer not null default 1 check (generation > 0), -- of the link
  token_hash text, -- SHA-256
  expires_at timestamptz,
  downloads_used integer not null default 0,
  downloads_allowed integer not null check (downloads_allowed > 0),
  first_downloaded_at timestamptz,
  foreign key (order_id, place) references marketplace.order_lines (order_id, place),
  unique (order_id, place, asset_id),
  constraint delivery_used_up check (downloads_used between 0 and downloads_allowed),
  check ((token_hash is null) = (expires_at is null))
);
