import { defineAction, definePlugin } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startBooks } from '../testing/books.ts';
import { getBalance } from './actions/get-balance.ts';
import { getEntry } from './actions/get-entry.ts';
import { ledgerPort } from './contract.ts';

/** A shop whose every customer moves money, though none of them may touch the books. */
const pay = defineAction({
  name: 'shop.pay',
  title: 'Pay',
  description: 'Pays an order.',
  effect: 'write',
  consequential: true,
  risk: 'low',
  permission: 'shop.order.pay',
  input: z.strictObject({ order: z.string(), fail: z.boolean().default(false), brandId: z.string().default('gallery') }),
  output: z.strictObject({ entryId: z.uuid() }),
  async handler(ctx, { order, fail, brandId }) {
    const ledger = ctx.use(ledgerPort);
    const income = { path: `income:sales:${brandId}`, unit: 'EUR' };
    await ledger.ensureAccount({ path: 'assets:processors', title: 'With processors', type: 'asset', unit: 'EUR' });
    await ledger.ensureAccount({ ...income, title: 'Sales', type: 'income', brandId: 'gallery' });
    const postings = [
      { path: 'assets:processors', unit: 'EUR', amount: 1250n },
      { ...income, amount: -1250n },
    ];
    const posted = await ledger.post({ key: `order:${order}:paid`, memo: 'Paid', brandId, orderId: order, postings });
    if (fail) throw new Error('planted');
    return posted;
  },
});

const shop = definePlugin({
  id: 'shop',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'shop.order.pay': { title: 'Pay an order', roles: ['guest'] } },
  tables: {},
  actions: [pay],
  requires: { ledger: ['ensureAccount', 'post'] },
});

test('a plugin posts for somebody who has no right in the books, once for each key, and the entry is told of once', async () => {
  const { run, as, admin, database } = await startBooks({}, [shop]);
  const customer = as({ id: 'kim', roles: ['guest'] });

  const first = await run(customer, pay, { order: '1' });
  const again = await run(customer, pay, { order: '1' });

  expect(again).toEqual(first);
  expect(await run(admin, getEntry, first)).toMatchObject({ orderId: '1', brandId: 'gallery', key: 'order:1:paid' });
  const told = await database.rows<{ payload: string }>(sql`select payload from core.outbox where name = 'ledger.entry-posted'`);
  expect(told.map(({ payload }) => JSON.parse(payload))).toMatchObject([
    { entryId: first.entryId, orderId: '1', postings: [{ path: 'assets:processors', amount: '1250' }, { amount: '-1250' }] },
  ]);
});

test('a call that fails after it posted leaves no account, no posting and no event', async () => {
  const { run, as, admin, database } = await startBooks({}, [shop]);

  await expect(run(as({ id: 'kim', roles: ['guest'] }), pay, { order: '1', fail: true })).rejects.toMatchObject({
    code: 'core.internal',
  });

  await expect(run(admin, getBalance, { path: 'assets:processors' })).rejects.toMatchObject({ code: 'ledger.unknown_account' });
  const [left] = await database.rows(
    sql`select (select count(*)::int from ledger.postings) as postings, (select count(*)::int from core.outbox) as events`,
  );
  expect(left).toEqual({ postings: 0, events: 0 });
});

test('an account that is there with another brand is not taken for the one that was meant', async () => {
  const { run, as } = await startBooks({ 'income:sales:vault': { type: 'income', brandId: 'vault' } }, [shop]);

  await expect(run(as({ id: 'kim', roles: ['guest'] }), pay, { order: '1', brandId: 'vault' })).rejects.toMatchObject({
    code: 'ledger.account_differs',
  });
});
