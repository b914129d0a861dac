import { bigint, integer, numeric, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { QUOTE_KINDS } from './contract.ts';

const marketdata = pgSchema('marketdata');
const minor = (name: string) => numeric(name, { precision: 78, scale: 0, mode: 'bigint' });
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const position = () => bigint({ mode: 'number' }).generatedAlwaysAsIdentity().notNull();

export const DIRECTIONS = ['below', 'above'] as const;

export const sources = marketdata.table('sources', {
  id: text().primaryKey(),
  cursor: text(),
  readings: bigint({ mode: 'number' }).notNull().default(0),
  readAt: at('read_at'),
  succeededAt: at('succeeded_at'),
  errorCode: text('error_code'),
  errorMessage: text('error_message'),
  faultCount: integer('fault_count').notNull().default(0),
  faults: text().notNull().default('[]'),
});
export type SourceRow = typeof sources.$inferSelect;

export const quotes = marketdata.table('quotes', {
  id: uuid().primaryKey(),
  position: position(),
  sourceId: text('source_id').notNull(),
  reading: bigint({ mode: 'number' }).notNull(),
  reference: text().notNull(),
  asset: text().notNull(),
  kind: text({ enum: QUOTE_KINDS }).notNull(),
  amount: minor('amount'),
  unit: text().notNull(),
  at: at('at').notNull(),
  title: text(),
  place: bigint({ mode: 'number' }),
  recordedAt: at('recorded_at').notNull(),
  voidedAt: at('voided_at'),
});
export type QuoteRow = typeof quotes.$inferSelect;

export const watches = marketdata.table('watches', {
  id: uuid().primaryKey(),
  position: position(),
  asset: text().notNull(),
  kind: text({ enum: QUOTE_KINDS }).notNull(),
  direction: text({ enum: DIRECTIONS }).notNull(),
  amount: minor('amount').notNull(),
  unit: text().notNull(),
  personId: text('person_id').notNull(),
  createdAt: at('created_at').notNull(),
  removedAt: at('removed_at'),
});

export const opportunities = marketdata.table('opportunities', {
  id: uuid().primaryKey(),
  position: position(),
  watchId: uuid('watch_id').notNull(),
  quoteId: uuid('quote_id').notNull(),
  quotes: integer().notNull(),
  foundAt: at('found_at').notNull(),
  dismissedAt: at('dismissed_at'),
  dismissedBy: text('dismissed_by'),
});
