// A plugin that spends money, for tests of what governs it. What a payment costs is set from outside, as a price would be.
import { amount, defineAction, definePlugin, definePolicy } from '@troupe-os/core';
import { ledgerPort } from '@troupe-os/plugin-ledger/contract';
import { z } from 'zod';

/** `tip`: paid by an entry of its own, after the price. */
export const price = { cents: 0n, tip: 0n };

export const pay = defineAction({
  name: 'till.pay',
  title: 'Pay',
  description: 'Pays somebody what it costs now.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'till.money.spend',
  input: z.strictObject({ to: z.string() }),
  output: z.strictObject({ entryId: z.string(), paid: amount }),
  async handler(ctx, { to }) {
    const ledger = ctx.use(ledgerPort);
    const of = { title: 'Till', unit: 'EUR' };
    await ledger.ensureAccount({ path: 'assets:till', type: 'asset', ...of });
    await ledger.ensureAccount({ path: 'expenses:till', type: 'expense', ...of });
    const post = (key: string, amount: bigint) =>
      ledger.post({
        key,
        memo: `Paid to ${to}`,
        counterparty: to,
        postings: [
          { path: 'expenses:till', unit: 'EUR', amount },
          { path: 'assets:till', unit: 'EUR', amount: -amount },
        ],
      });
    const { entryId } = await post(`till:${ctx.callId}`, price.cents);
    if (price.tip > 0n) await post(`till:tip:${ctx.callId}`, price.tip);
    return { entryId, paid: price.cents };
  },
});

/** Asked for by two policies, the milder one first. */
export const ASKED_FOR_TWICE = 'identity.archive-department';

export const tillPlugin = definePlugin({
  id: 'till',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'till.money.spend': { title: 'Pay people', roles: ['editor'] } },
  tables: {},
  requires: { ledger: ['ensureAccount', 'post'] },
  actions: [pay],
  policies: [
    definePolicy({ name: 'till.one', on: [ASKED_FOR_TWICE], decide: () => 'approve' }),
    definePolicy({ name: 'till.two', on: [ASKED_FOR_TWICE], decide: () => 'approve by two' }),
  ],
});
