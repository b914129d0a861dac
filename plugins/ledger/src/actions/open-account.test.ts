import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { listAccounts } from './list-accounts.ts';
import { openAccount } from './open-account.ts';

const account = { path: 'assets:bank', title: 'Bank', type: 'asset', unit: 'EUR' } as const;

test('an account is opened once for each path and unit', async () => {
  const { run, admin } = await startBooks();

  await run(admin, openAccount, account);
  await run(admin, openAccount, { ...account, unit: 'USD' });

  await expect(run(admin, openAccount, account)).rejects.toMatchObject({ code: 'ledger.account_taken' });
  const { items } = await run(admin, listAccounts, {});
  expect(items.map(({ path, unit, balance }) => [path, unit, balance])).toEqual([
    ['assets:bank', 'EUR', '0'],
    ['assets:bank', 'USD', '0'],
  ]);
});

test('an account needs a unit that is there and a path of lower-case parts', async () => {
  const { run, admin } = await startBooks();

  await expect(run(admin, openAccount, { ...account, unit: 'XAU' })).rejects.toMatchObject({ code: 'ledger.unknown_unit' });
  await expect(run(admin, openAccount, { ...account, brandId: 'nowhere' })).rejects.toMatchObject({ code: 'core.unknown_brand' });
  for (const path of ['Assets', 'assets:', ':assets', 'assets::bank', 'assets bank', '']) {
    await expect(run(admin, openAccount, { ...account, path })).rejects.toMatchObject({ code: 'core.invalid_input' });
  }
});

test('an account that starts below its minimum is not opened', async () => {
  const { run, admin } = await startBooks();

  await expect(run(admin, openAccount, { ...account, minimum: '1' })).rejects.toMatchObject({ code: 'ledger.below_minimum' });
});

test('who keeps the books of one brand opens accounts of that brand only', async () => {
  const { run, as } = await startBooks();
  const curator = as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });

  await run(curator, openAccount, { ...account, path: 'assets:gallery', brandId: 'gallery' });

  for (const brand of [{}, { brandId: 'vault' }]) {
    await expect(run(curator, openAccount, { ...account, ...brand })).rejects.toMatchObject({ code: 'ledger.brand_not_allowed' });
  }
});
