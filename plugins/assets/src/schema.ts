import { anyVector, tsvector } from '@troupe-os/core/search';
import { sql } from 'drizzle-orm';
import { bigint, bit, doublePrecision, integer, jsonb, pgSchema, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { type AssetStatus, type AssetType, DRAFT_KINDS, DRAFT_STATES } from './contract.ts';
import type { AssetFacts } from './facts.ts';

const schema = pgSchema('assets');
const time = (name: string) => timestamp(name, { withTimezone: true });

export const assets = schema.table('assets', {
  id: text().primaryKey(),
  position: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
  brandId: text('brand_id').notNull(),
  type: text().$type<AssetType>().notNull(),
  status: text().$type<AssetStatus>().notNull(),
  title: text().notNull(),
  description: text().notNull().default(''),
  tags: text().array().notNull().default([]),
  source: text().$type<AssetSource>().notNull(),
  ownerKind: text('owner_kind').$type<'user' | 'customer' | 'company'>().notNull().default('company'),
  ownerId: text('owner_id'),
  sha256: text().notNull(),
  originalKey: text('original_key').notNull(),
  fileName: text('file_name').notNull(),
  contentType: text('content_type').notNull(),
  size: bigint({ mode: 'number' }).notNull(),
  facts: jsonb().$type<AssetFacts>().notNull(),
  fileText: text('file_text').notNull(),
  searchText: text('search_text').notNull(),
  words: tsvector().generatedAlwaysAs(sql`to_tsvector('english', search_text)`),
  createdAt: time('created_at').notNull(),
  updatedAt: time('updated_at').notNull(),
});

export type AssetSource = 'uploaded' | 'imported' | 'scraped' | 'on-chain' | 'made';
export type AssetRow = typeof assets.$inferSelect;

export const derivatives = schema.table(
  'derivatives',
  {
    assetId: text('asset_id').notNull(),
    name: text().$type<DerivativeName>().notNull(),
    objectKey: text('object_key').notNull(),
    contentType: text('content_type').notNull(),
    size: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.assetId, table.name] })],
);

export const DERIVATIVE_NAMES = ['thumbnail-320', 'thumbnail-1200', 'preview'] as const;
export type DerivativeName = (typeof DERIVATIVE_NAMES)[number];

export const embeddings = schema.table(
  'embeddings',
  {
    assetId: text('asset_id').notNull(),
    model: text().notNull(),
    dimensions: integer().notNull(),
    vector: anyVector().notNull(),
  },
  (table) => [primaryKey({ columns: [table.assetId, table.model] })],
);

export const fingerprints = schema.table('fingerprints', {
  assetId: text('asset_id').primaryKey(),
  perceptual: bit({ dimensions: 64 }),
  mirrored: bit({ dimensions: 64 }),
  visual: anyVector(),
  acoustic: text(),
  acousticWords: integer('acoustic_words').array(),
});

export const likenesses = schema.table(
  'likenesses',
  {
    assetId: text('asset_id').notNull(),
    otherId: text('other_id').notNull(),
    kind: text().$type<'same' | 'near' | 'similar'>().notNull(),
    measure: text().$type<'perceptual' | 'mirrored' | 'acoustic' | 'visual'>().notNull(),
    distance: doublePrecision().notNull(),
  },
  (table) => [primaryKey({ columns: [table.assetId, table.otherId] })],
);

export const collections = schema.table('collections', {
  id: text().primaryKey(),
  position: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
  brandId: text('brand_id').notNull(),
  title: text().notNull(),
  description: text().notNull().default(''),
  createdAt: time('created_at').notNull(),
});

export const collectionItems = schema.table(
  'collection_items',
  {
    collectionId: text('collection_id').notNull(),
    assetId: text('asset_id').notNull(),
    position: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.assetId] })],
);

export const imports = schema.table('imports', {
  id: text().primaryKey(),
  brandId: text('brand_id').notNull(),
  actorId: text('actor_id').notNull(),
  title: text(),
  tags: text().array().notNull().default([]),
  collectionId: text('collection_id'),
  source: text().$type<'uploaded' | 'imported'>().notNull(),
  total: integer().notNull(),
  createdAt: time('created_at').notNull(),
});

export const importFiles = schema.table('import_files', {
  id: text().primaryKey(),
  importId: text('import_id').notNull(),
  brandId: text('brand_id').notNull(),
  place: integer().notNull(),
  name: text().notNull(),
  reference: text().notNull(),
  state: text().$type<'waiting' | 'done' | 'duplicate' | 'failed'>().notNull().default('waiting'),
  assetId: text('asset_id'),
  errorCode: text('error_code'),
  errorMessage: text('error_message'),
  finishedAt: time('finished_at'),
});

export const drafts = schema.table('drafts', {
  id: uuid().primaryKey(),
  assetId: text('asset_id').notNull(),
  kind: text({ enum: DRAFT_KINDS }).notNull(),
  text: text().notNull(),
  reason: text().notNull(),
  sources: text().array().notNull(),
  writtenBy: text('written_by').notNull(),
  personId: text('person_id').notNull(),
  writtenFor: text('written_for').notNull(),
  state: text({ enum: DRAFT_STATES }).notNull(),
  replaced: text(),
  decidedBy: text('decided_by'),
  note: text(),
  createdAt: time('created_at').notNull(),
  decidedAt: time('decided_at'),
});
