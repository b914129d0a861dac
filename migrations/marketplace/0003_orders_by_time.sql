-- What was sold in some weeks is added up.
create index on marketplace.orders (placed_at);
