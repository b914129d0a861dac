import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { accessKeyRule } from '../fields.ts';
import { describeOrder, orderWithLinks, seenOrder } from '../orders.ts';

export const getOrder = defineAction({
  name: 'marketplace.get-order',
  title: 'One order',
  description:
    'Shows an order to its buyer, to whoever has its access key, and to those who work on the brand. With the access key it tells the tokens of the download links.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'low',
  permission: 'marketplace.order.track',
  input: z.strictObject({ orderId: z.uuid(), accessKey: secret(accessKeyRule).optional() }),
  output: orderWithLinks,
  async handler(ctx, { orderId, accessKey }) {
    return describeOrder(ctx, await seenOrder(ctx, orderId, accessKey), accessKey);
  },
});
