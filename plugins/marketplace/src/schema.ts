import { bigint, boolean, integer, numeric, pgSchema, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const shop = pgSchema('marketplace');
const minor = (name: string) => numeric(name, { precision: 78, scale: 0, mode: 'bigint' });
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const position = () => bigint({ mode: 'number' }).generatedAlwaysAsIdentity().notNull();

export const KINDS = ['digital', 'physical'] as const;
export const EDITIONS = ['unique', 'limited', 'open'] as const;
export const LISTING_STATES = ['draft', 'active', 'ended'] as const;
export const ORDER_STATES = ['placed', 'paid', 'fulfilled', 'cancelled', 'refunded'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const products = shop.table('products', {
  id: uuid().primaryKey(),
  position: position(),
  brandId: text('brand_id').notNull(),
  title: text().notNull(),
  kind: text({ enum: KINDS }).notNull(),
  edition: text({ enum: EDITIONS }).notNull(),
  createdAt: at('created_at').notNull(),
});

export const productAssets = shop.table(
  'product_assets',
  {
    productId: uuid('product_id').notNull(),
    assetId: text('asset_id').notNull(),
    place: integer().notNull(),
    oneOfOne: boolean('one_of_one').notNull(),
  },
  ({ productId, assetId }) => [primaryKey({ columns: [productId, assetId] })],
);

export const stock = shop.table('stock', {
  productId: uuid('product_id').primaryKey(),
  brandId: text('brand_id').notNull(),
  onHand: integer('on_hand'),
  held: integer().notNull().default(0),
  sold: integer().notNull().default(0),
});

export const holds = shop.table('holds', {
  id: uuid().primaryKey(),
  productId: uuid('product_id').notNull(),
  brandId: text('brand_id').notNull(),
  actorId: text('actor_id').notNull(),
  quantity: integer().notNull(),
  state: text({ enum: ['active', 'used', 'expired'] }).notNull(),
  expiresAt: at('expires_at').notNull(),
  createdAt: at('created_at').notNull(),
});

export const listings = shop.table('listings', {
  id: uuid().primaryKey(),
  position: position(),
  productId: uuid('product_id').notNull(),
  brandId: text('brand_id').notNull(),
  unit: text().notNull(),
  price: minor('price').notNull(),
  state: text({ enum: LISTING_STATES }).notNull(),
  startsAt: at('starts_at'),
  endsAt: at('ends_at'),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
});

export const counters = shop.table('counters', {
  name: text().primaryKey(),
  value: bigint({ mode: 'number' }).notNull(),
});

export const orders = shop.table('orders', {
  id: uuid().primaryKey(),
  number: bigint({ mode: 'number' }).notNull(),
  brandId: text('brand_id').notNull(),
  buyerId: text('buyer_id').notNull(),
  email: text(),
  shippingAddress: text('shipping_address'),
  state: text({ enum: ORDER_STATES }).notNull(),
  total: minor('total').notNull(),
  unit: text().notNull(),
  accessHash: text('access_hash'),
  placedAt: at('placed_at').notNull(),
  changedAt: at('changed_at').notNull(),
});
export type OrderRow = typeof orders.$inferSelect;

export const orderLines = shop.table(
  'order_lines',
  {
    orderId: uuid('order_id').notNull(),
    place: integer().notNull(),
    brandId: text('brand_id').notNull(),
    listingId: uuid('listing_id').notNull(),
    productId: uuid('product_id').notNull(),
    title: text().notNull(),
    kind: text({ enum: KINDS }).notNull(),
    quantity: integer().notNull(),
    price: minor('price').notNull(),
  },
  ({ orderId, place }) => [primaryKey({ columns: [orderId, place] })],
);

export const payments = shop.table('payments', {
  id: uuid().primaryKey(),
  orderId: uuid('order_id').notNull(),
  brandId: text('brand_id').notNull(),
  provider: text({ enum: ['test'] }).notNull(),
  amount: minor('amount').notNull(),
  unit: text().notNull(),
  state: text({ enum: ['intended', 'succeeded', 'refunded'] }).notNull(),
  createdAt: at('created_at').notNull(),
  changedAt: at('changed_at').notNull(),
});

export const deliveries = shop.table('deliveries', {
  id: uuid().primaryKey(),
  orderId: uuid('order_id').notNull(),
  place: integer().notNull(),
  brandId: text('brand_id').notNull(),
  assetId: text('asset_id').notNull(),
  title: text().notNull(),
  generation: integer().notNull().default(1),
  tokenHash: text('token_hash'),
  expiresAt: at('expires_at'),
  downloadsUsed: integer('downloads_used').notNull().default(0),
  downloadsAllowed: integer('downloads_allowed').notNull(),
  firstDownloadedAt: at('first_downloaded_at'),
});
export type DeliveryRow = typeof deliveries.$inferSelect;
