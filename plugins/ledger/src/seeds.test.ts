import { startTestKernel } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import { listAccounts } from './actions/list-accounts.ts';
import { listUnits } from './actions/list-units.ts';
import { ledgerPlugin } from './index.ts';

test('an empty house begins with two units and accounts in euros for the company and its brands', async () => {
  const { kernel, run, as } = await startTestKernel([ledgerPlugin]);
  const admin = as({ id: 'ann', roles: ['admin'] });

  expect(await kernel.seed({ rehearsal: false })).toEqual(['ledger.chart-of-accounts']);
  expect(await kernel.seed({ rehearsal: false })).toEqual([]);

  const units = await run(admin, listUnits, {});
  expect(units.items.map(({ code, scale }) => [code, scale])).toEqual([
    ['EUR', 2],
    ['USD', 2],
  ]);
  const { items } = await run(admin, listAccounts, { limit: 100 });
  expect(new Set(items.map(({ unit }) => unit))).toEqual(new Set(['EUR']));
  expect(new Set(items.map(({ brandId }) => brandId))).toEqual(new Set([undefined, 'zig-zag', 'gallery', 'vault']));
});
