import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import {
  findReview,
  itemShape,
  lastUsed,
  progressOf,
  progressShape,
  reviewShape,
  showItem,
  showReview,
} from '../access-reviews.ts';
import { tiesOf } from '../appointed.ts';
import { ACCESS_STATES, accessItems } from '../schema.ts';

const byActor = keyset('governance.get-access-review', { ascending: [accessItems.actorId, accessItems.id] });

export const getAccessReview = defineAction({
  name: 'governance.get-access-review',
  title: 'One access review',
  description:
    'Shows a review: who held which role, token or app when it was started, since when, granted by whom, last used when, and what was decided.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'medium',
  permission: 'governance.access-review.read',
  input: z.strictObject({
    reviewId: z.uuid(),
    state: z.enum(ACCESS_STATES).optional(),
    actorId: z.uuid().optional().describe('Whose access.'),
    ...pageInput,
  }),
  output: reviewShape.extend({
    ...progressShape.shape,
    items: z.array(itemShape),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { reviewId, state, actorId, limit, cursor }) {
    const review = await findReview(ctx, reviewId);
    const isOfReview = eq(accessItems.reviewId, reviewId);
    const progress = await progressOf(ctx, [reviewId]);
    const rows = await ctx.db
      .select({ item: accessItems, used: lastUsed })
      .from(accessItems)
      .where(
        and(
          isOfReview,
          state && eq(accessItems.state, state),
          actorId === undefined ? undefined : eq(accessItems.actorId, actorId),
          byActor.after(cursor),
        ),
      )
      .orderBy(...byActor.order)
      .limit(limit + 1);
    const { items, ...next } = byActor.page(rows, limit, ({ item }) => [item.actorId, item.id]);
    const ties = await tiesOf(ctx);
    const names = new Map((await ctx.use(identityPort).holders()).map(({ id, name }) => [id, name]));
    return {
      ...showReview(review),
      ...progress(reviewId),
      items: items.map(({ item, used }) => showItem(ctx, item, { actorName: names.get(item.actorId), used, ties })),
      ...next,
    };
  },
});
