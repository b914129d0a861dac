import { startTestKernel } from '@troupe-os/core/testing';
import { GUEST_BUYER, orderPlaced } from '@troupe-os/plugin-marketplace/contract';
import { expect, test } from 'vitest';
import { loyaltyPlugin } from '../index.ts';
import { getBalance } from './get-balance.ts';

test('an order earns one point for each whole unit, however often it is delivered', async () => {
  const { as, deliver, run } = await startTestKernel([loyaltyPlugin]);
  const order = { orderId: crypto.randomUUID(), buyerId: 'ann', total: { amount: 25_99n, unit: 'USD' } };

  await deliver(orderPlaced, order);
  await deliver(orderPlaced, order);

  expect(await run(as({ id: 'ann', roles: ['guest'] }), getBalance, {})).toEqual({ points: 25 });
  expect(await run(as({ id: 'bob', roles: ['guest'] }), getBalance, {})).toEqual({ points: 0 });
});

test('whoever buys without signing in earns nothing', async () => {
  const { deliver, guest, run } = await startTestKernel([loyaltyPlugin]);

  await deliver(orderPlaced, { orderId: crypto.randomUUID(), buyerId: GUEST_BUYER, total: { amount: 25_99n, unit: 'USD' } });

  expect(await run(guest, getBalance, {})).toEqual({ points: 0 });
});
