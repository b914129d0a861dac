import { amount, defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { accessKeyRule } from '../fields.ts';
import { describeOrder, orderAnswer } from '../orders.ts';
import { sell } from '../sale.ts';
import { cardRule } from '../test-payments.ts';

export const buy = defineAction({
  name: 'marketplace.buy',
  title: 'Buy (test payment)',
  description:
    'Buys what a listing offers, paid through the test provider: no money moves. Card 4242 4242 4242 4242 is accepted, 4000 0000 0000 0002 is declined. Digital works are delivered at once: marketplace.get-order with the access key tells their download links.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'marketplace.order.place',
  untrustedInput: ['marketplace.orders'],
  personal: ['email', 'shippingAddress'],
  resource: { table: 'marketplace.listings', key: 'listingId' },
  input: z.strictObject({
    listingId: z.uuid(),
    quantity: z.int().min(1).max(100).default(1),
    cardNumber: secret(cardRule).describe('A test card, e.g. "4242 4242 4242 4242". Never a real one.'),
    email: z.email().max(254).optional().describe('Where the receipt goes; needed from whoever has not signed in.'),
    accessKey: secret(accessKeyRule)
      .optional()
      .describe(
        'A random text of 22 characters or more that you make up for this purchase; needed from whoever has not signed in. It opens the order later, and the same key buys only once.',
      ),
    shippingAddress: z
      .string()
      .regex(/\S/, 'An address is not blank.')
      .max(1000)
      .optional()
      .describe('Where something physical is sent.'),
    holdId: z.uuid().optional().describe('What was held with marketplace.hold-stock.'),
    total: amount.optional().describe('What you were shown: if the price is another by now, nothing is bought.'),
  }),
  output: orderAnswer,
  handler: async (ctx, purchase) => describeOrder(ctx, await sell(ctx, purchase)),
});
