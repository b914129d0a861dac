import { integer, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const charts = pgSchema('charts').table('charts', {
  id: uuid().primaryKey(),
  personId: text('person_id').notNull(),
  title: text().notNull(),
  pngKey: text('png_key').notNull(),
  pngSize: integer('png_size').notNull(),
  svgKey: text('svg_key').notNull(),
  svgSize: integer('svg_size').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true, mode: 'date' }).notNull(),
});
