import { pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const items = pgSchema('sample').table('items', {
  id: uuid().primaryKey(),
  title: text().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});
