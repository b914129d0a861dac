import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { describeOrder, orderAnswer, reachedOrder } from '../orders.ts';
import { refund } from '../refund.ts';

export const refundOrder = defineAction({
  name: 'marketplace.refund-order',
  title: 'Refund an order (test payment)',
  description:
    'Gives all the money of an order back through the test provider (no money moves), takes the sale back in the books, ends the download links and puts the stock back.',
  effect: 'write',
  untrustedOutput: true,
  consequential: true,
  risk: 'medium',
  permission: 'marketplace.order.refund',
  resource: { table: 'marketplace.orders', key: 'orderId' },
  input: z.strictObject({ orderId: z.uuid() }),
  output: orderAnswer,
  async handler(ctx, { orderId }) {
    await reachedOrder(ctx, 'marketplace.order.refund', orderId);
    return describeOrder(ctx, await refund(ctx, orderId));
  },
});
