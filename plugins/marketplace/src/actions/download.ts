import { download as bytes, defineAction, secret } from '@troupe-os/core';
import { assetsPort } from '@troupe-os/plugin-assets/contract';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { countDownload, isDelivered } from '../deliveries.ts';
import { shopErrors } from '../errors.ts';
import { moveOrder } from '../orders.ts';
import { orders } from '../schema.ts';

export const download = defineAction({
  name: 'marketplace.download',
  title: 'Download what was bought',
  description:
    'Opens a download link: the file that it stands for. Each start counts; one that goes on from where it broke off with the same Idempotency-Key does not.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketplace.order.track',
  untrustedInput: [], // it stores no words
  input: z.strictObject({
    deliveryId: z.uuid(),
    token: secret(z.string().min(1).max(200)).describe('The secret part of the link, from marketplace.get-order.'),
  }),
  output: bytes(),
  async handler(ctx, { deliveryId, token }) {
    const { orderId, assetId } = await countDownload(ctx, deliveryId, token);
    const [work] = await ctx.use(assetsPort).describe([assetId]);
    if (!work) throw shopErrors.unknown_delivery({ deliveryId });
    const [order] = await ctx.db.select({ state: orders.state }).from(orders).where(eq(orders.id, orderId));
    if (order?.state === 'paid' && (await isDelivered(ctx, orderId))) await moveOrder(ctx, orderId, 'fulfilled');
    const { originalKey, fileName, contentType, size } = work;
    return { objectKey: originalKey, fileName, contentType, size };
  },
});
