import { integer, pgSchema, text, uuid } from 'drizzle-orm/pg-core';

export const points = pgSchema('loyalty').table('points', {
  orderId: uuid('order_id').primaryKey(),
  customerId: text('customer_id').notNull(),
  points: integer().notNull(),
});
