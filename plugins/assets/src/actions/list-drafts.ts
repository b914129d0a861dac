import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { DRAFT_STATES } from '../contract.ts';
import { besideWork, draftBesideWork, draftKind } from '../draft-shapes.ts';
import { readableDrafts, worksOf } from '../drafts.ts';
import { drafts } from '../schema.ts';
import { READ_ALL } from '../visibility.ts';
import { assetId } from '../wire.ts';

const latestFirst = keyset('assets.list-drafts', { descending: [drafts.createdAt, drafts.id] });

export const listDrafts = defineAction({
  name: 'assets.list-drafts',
  title: 'Drafts',
  description: 'Lists words that were proposed for works, beside what the works say now, the latest first.',
  effect: 'read',
  risk: 'low',
  permission: READ_ALL,
  entries: { id: 'draftId', inputs: ['draftId'], names: [], about: ['state', 'kind', 'text'] },
  input: z.strictObject({
    assetId: assetId.optional(),
    kind: draftKind.optional(),
    state: z.enum(DRAFT_STATES).optional(),
    ...pageInput,
  }),
  output: z.strictObject({ items: z.array(draftBesideWork), nextCursor: z.string().optional() }),
  async handler(ctx, { assetId: id, kind, state, limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(drafts)
      .where(
        and(
          readableDrafts(ctx),
          id === undefined ? undefined : eq(drafts.assetId, id),
          kind && eq(drafts.kind, kind),
          state && eq(drafts.state, state),
          latestFirst.after(cursor),
        ),
      )
      .orderBy(...latestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = latestFirst.page(rows, limit, ({ createdAt, id: last }) => [createdAt, last]);
    return { items: (await worksOf(ctx, items)).map(besideWork), ...next };
  },
});
