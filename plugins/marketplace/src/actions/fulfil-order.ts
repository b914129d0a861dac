import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { describeOrder, moveOrder, orderAnswer, reachedOrder } from '../orders.ts';

export const fulfilOrder = defineAction({
  name: 'marketplace.fulfil-order',
  title: 'Mark an order as sent',
  description:
    'Says that what was bought is on its way to the buyer. Digital orders get there by themselves with the last download.',
  effect: 'write',
  untrustedOutput: true,
  consequential: false,
  risk: 'low',
  permission: 'marketplace.order.fulfil',
  resource: { table: 'marketplace.orders', key: 'orderId' },
  input: z.strictObject({ orderId: z.uuid() }),
  output: orderAnswer,
  async handler(ctx, { orderId }) {
    await reachedOrder(ctx, 'marketplace.order.fulfil', orderId);
    return describeOrder(ctx, await moveOrder(ctx, orderId, 'fulfilled'));
  },
});
