-- one row for each order that earned points: the order is the key, so nothing is credited twice
create table loyalty.points (
  order_id uuid primary key,
  customer_id text not null,
  points integer not null constraint points_not_negative check (points >= 0)
);
create index points_by_customer on loyalty.points (customer_id);
