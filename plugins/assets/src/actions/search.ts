import { defineAction, pageInput } from '@troupe-os/core';
import { embedText, wordsOf } from '@troupe-os/core/search';
import { z } from 'zod';
import { assetCard } from '../card.ts';
import { ASSET_STATUSES, ASSET_TYPES } from '../contract.ts';
import { listNewest, searchByMeaning } from '../search.ts';
import { assetId, brandId, tags } from '../wire.ts';

export const search = defineAction({
  name: 'assets.search',
  title: 'Search works',
  description:
    'Finds pictures, songs, collectibles and documents by what they are about and by words in them. Without a question it lists the newest.',
  effect: 'read',
  risk: 'low',
  permission: 'assets.catalogue.read',
  entries: {
    id: 'id',
    inputs: [
      'assetId',
      'assetIds',
      'sources',
      ...['get', 'open', 'update', 'publish', 'archive'].map((verb) => `assets.${verb}.id`),
    ],
    names: ['title'],
    about: ['title', 'type', 'status'],
    search: 'q',
  },
  input: z.strictObject({
    q: z.string().max(500).optional().describe('What to look for, in plain words, e.g. "a boat in the evening".'),
    type: z.enum(ASSET_TYPES).optional(),
    status: z.enum(ASSET_STATUSES).optional(),
    brandId: brandId.optional(),
    tags: tags.optional().describe('Works that have all of these tags.'),
    collection: z.string().max(64).optional().describe('The id of a collection.'),
    ids: z.array(assetId).max(100).optional().describe('These works and no others.'),
    ...pageInput,
  }),
  output: z.strictObject({
    items: z.array(assetCard),
    total: z.int().describe('How many match in all; the answer to a question is counted to about 1,000.'),
    nextCursor: z.string().optional(),
  }),
  async prepare(tools, { q = '' }) {
    const text = q.trim();
    return text === '' ? undefined : { words: wordsOf(text), embedding: await embedText(tools, text) };
  },
  async handler(ctx, { limit, cursor, ...filters }, question) {
    if (question) return searchByMeaning(ctx, filters, question, { limit, cursor });
    return listNewest(ctx, filters, { limit, cursor });
  },
});
