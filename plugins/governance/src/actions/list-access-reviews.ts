import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { z } from 'zod';
import { progressOf, progressShape, reviewShape, showReview } from '../access-reviews.ts';
import { accessReviews } from '../schema.ts';

const newestFirst = keyset('governance.list-access-reviews', { descending: [accessReviews.startedAt, accessReviews.id] });

export const listAccessReviews = defineAction({
  name: 'governance.list-access-reviews',
  title: 'Access reviews',
  description: 'Lists the reviews of who holds what, and how far each is, the newest first.',
  effect: 'read',
  risk: 'low',
  permission: 'governance.access-review.read',
  entries: { id: 'reviewId', inputs: ['reviewId'], names: ['title'] },
  input: z.strictObject(pageInput),
  output: z.strictObject({ items: z.array(reviewShape.extend(progressShape.shape)), nextCursor: z.string().optional() }),
  async handler(ctx, { limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(accessReviews)
      .where(newestFirst.after(cursor))
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, ({ startedAt, id }) => [startedAt, id]);
    const progress = await progressOf(
      ctx,
      items.map(({ id }) => id),
    );
    return { items: items.map((review) => ({ ...showReview(review), ...progress(review.id) })), ...next };
  },
});
