import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { getBalance } from './get-balance.ts';
import { openAccount } from './open-account.ts';

test('a balance as of a moment counts what is effective by then, whenever it was recorded', async () => {
  const { run, admin, move } = await startBooks({ 'assets:bank': { type: 'asset' }, 'income:sales': { type: 'income' } });
  await move('income:sales', 'assets:bank', 300n, { effectiveAt: '2026-03-01T00:00:00Z' });
  await move('income:sales', 'assets:bank', 100n, { effectiveAt: '2026-01-01T00:00:00Z' });
  const at = async (moment: string) => (await run(admin, getBalance, { path: 'assets:bank', at: moment })).balance;

  expect(await at('2025-12-31T23:59:59Z')).toBe('0');
  expect(await at('2026-01-01T00:00:00Z')).toBe('100');
  expect(await at('2026-03-01T01:00:00+01:00')).toBe('400');
});

test('the unit is needed only where a path has accounts in several', async () => {
  const { run, admin } = await startBooks({ 'assets:bank': { type: 'asset' } });
  expect(await run(admin, getBalance, { path: 'assets:bank' })).toMatchObject({ unit: 'EUR', balance: '0', closed: false });

  await run(admin, openAccount, { path: 'assets:bank', title: 'Bank in dollars', type: 'asset', unit: 'USD' });

  await expect(run(admin, getBalance, { path: 'assets:bank' })).rejects.toMatchObject({ code: 'ledger.unit_needed' });
  expect(await run(admin, getBalance, { path: 'assets:bank', unit: 'USD' })).toMatchObject({ unit: 'USD' });
});

test('of the units of a path those are named that the caller may read', async () => {
  const { run, as, admin } = await startBooks({ 'income:shared': { type: 'income', brandId: 'gallery' } });
  for (const [unit, brandId] of [
    ['USD', 'gallery'],
    ['PTS', 'vault'],
  ])
    await run(admin, openAccount, { path: 'income:shared', title: 'Shared', type: 'income', unit: unit ?? '', brandId });
  const curator = as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });

  await expect(run(curator, getBalance, { path: 'income:shared' })).rejects.toMatchObject({
    code: 'ledger.unit_needed',
    details: { units: ['EUR', 'USD'] },
  });
});

test("another brand's account is as unknown as one that is not there, and viewers know no balances", async () => {
  const { run, as } = await startBooks({ 'income:vault': { type: 'income', brandId: 'vault' } });
  const curator = as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });

  for (const path of ['income:vault', 'income:nothing']) {
    await expect(run(curator, getBalance, { path })).rejects.toMatchObject({ code: 'ledger.unknown_account' });
  }
  await expect(run(as({ id: 'vic', roles: ['viewer', 'editor'] }), getBalance, { path: 'income:vault' })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
});
