import { defineAction, moment, secret } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { isHashOf } from '../access.ts';
import { renewLink } from '../deliveries.ts';
import { shopErrors } from '../errors.ts';
import { accessKeyRule } from '../fields.ts';
import { describeDelivery, isTheirs, seenOrder } from '../orders.ts';
import { deliveries } from '../schema.ts';

export const renewDeliveryLink = defineAction({
  name: 'marketplace.renew-delivery-link',
  title: 'New download link',
  description:
    'Makes a fresh download link for something that you bought; the old one ends. Its token is told once, and with the access key again by marketplace.get-order.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketplace.order.track',
  untrustedInput: [], // it stores no words
  resource: { table: 'marketplace.deliveries', key: 'deliveryId' },
  input: z.strictObject({ deliveryId: z.uuid(), accessKey: secret(accessKeyRule).optional() }),
  output: z.strictObject({
    deliveryId: z.uuid(),
    token: secret().describe('What marketplace.download asks for.'),
    expiresAt: moment.optional(),
    downloadsLeft: z.int(),
  }),
  async handler(ctx, { deliveryId, accessKey }) {
    const [delivery] = await ctx.db.select().from(deliveries).where(eq(deliveries.id, deliveryId));
    if (!delivery) throw shopErrors.unknown_delivery({ deliveryId });
    const order = await seenOrder(ctx, delivery.orderId, accessKey);
    if (!isTheirs(ctx, order, accessKey)) throw shopErrors.unknown_delivery({ deliveryId });
    if (order.state !== 'paid' && order.state !== 'fulfilled') throw shopErrors.wrong_state({ orderId: order.id });
    const renewed = await renewLink(ctx, delivery, isHashOf(order.accessHash, accessKey) ? accessKey : undefined);
    const { expiresAt, downloadsLeft } = describeDelivery(renewed.delivery);
    return { deliveryId, token: renewed.token, expiresAt, downloadsLeft };
  },
});
