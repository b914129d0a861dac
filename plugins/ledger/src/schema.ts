import { bigint, boolean, integer, numeric, pgSchema, primaryKey, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { ACCOUNT_TYPES } from './contract.ts';

const ledger = pgSchema('ledger');
const minor = (name: string) => numeric(name, { precision: 78, scale: 0, mode: 'bigint' });
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const units = ledger.table('units', {
  code: text().primaryKey(),
  title: text().notNull(),
  scale: smallint().notNull(),
  createdAt: at('created_at').notNull(),
});

export const accounts = ledger.table('accounts', {
  id: uuid().primaryKey(),
  path: text().notNull(),
  title: text().notNull(),
  type: text({ enum: ACCOUNT_TYPES }).notNull(),
  unit: text().notNull(),
  brandId: text('brand_id'),
  minimum: minor('minimum'),
  createdAt: at('created_at').notNull(),
});

/** Written by the database alone: a row comes with its account and moves with each posting. */
export const balances = ledger.table('balances', {
  accountId: uuid('account_id').primaryKey(),
  balance: minor('balance').notNull(),
  postings: bigint({ mode: 'bigint' }).notNull(),
  lowest: minor('lowest'),
  highest: minor('highest'),
  closed: boolean().notNull(),
});

export const entries = ledger.table('entries', {
  id: uuid().primaryKey(),
  sequence: bigint({ mode: 'bigint' }).notNull(),
  key: text().notNull(),
  digest: text().notNull(),
  memo: text().notNull(),
  brandId: text('brand_id'),
  orderId: text('order_id'),
  assetId: text('asset_id'),
  counterparty: text(),
  reverses: uuid(),
  size: integer().notNull(),
  effectiveAt: at('effective_at').notNull(),
  recordedAt: at('recorded_at').notNull(),
  callId: uuid('call_id').notNull(),
});

export const postings = ledger.table(
  'postings',
  {
    entryId: uuid('entry_id').notNull(),
    line: integer().notNull(),
    size: integer().notNull(),
    accountId: uuid('account_id').notNull(),
    unit: text().notNull(),
    amount: minor('amount').notNull(),
    number: bigint({ mode: 'bigint' }).notNull(),
    balance: minor('balance').notNull(),
    effectiveAt: at('effective_at').notNull(),
  },
  ({ entryId, line }) => [primaryKey({ columns: [entryId, line] })],
);
