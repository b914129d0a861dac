import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { getProfitAndLoss } from './get-profit-and-loss.ts';

const accounts = {
  'assets:bank': { type: 'asset' },
  'income:sales': { type: 'income' },
  'income:sales:gallery': { type: 'income', brandId: 'gallery' },
  'expenses:fees': { type: 'expense' },
  'expenses:goods:gallery': { type: 'expense', brandId: 'gallery' },
} as const;

test('profit is income less expenses, by brand, each line with its account', async () => {
  const { run, admin, move } = await startBooks(accounts);
  const year = new Date().getUTCFullYear();
  await move('income:sales:gallery', 'assets:bank', 1000n);
  await move('assets:bank', 'expenses:goods:gallery', 300n);
  await move('assets:bank', 'expenses:fees', 50n, { brandId: 'gallery' });
  await move('assets:bank', 'expenses:fees', 7n);
  await move('income:sales', 'assets:bank', 99n, { effectiveAt: `${year - 1}-12-31T23:59:59Z` });

  const { from, to, items } = await run(admin, getProfitAndLoss, {});

  expect([from, to]).toEqual([`${year}-01-01T00:00:00.000Z`, `${year + 1}-01-01T00:00:00.000Z`]);
  expect(items).toMatchObject([
    { brandId: 'gallery', unit: 'EUR', income: '1000', expenses: '350', profit: '650' },
    { unit: 'EUR', income: '0', expenses: '7', profit: '-7', lines: [{ path: 'expenses:fees', type: 'expense', amount: '7' }] },
  ]);
  expect(items[0]?.lines.map(({ path, amount }) => [path, amount])).toEqual([
    ['expenses:fees', '50'],
    ['expenses:goods:gallery', '300'],
    ['income:sales:gallery', '1000'],
  ]);
});

test('who reads the books of one brand sees the profit of that brand', async () => {
  const { run, as, move } = await startBooks(accounts);
  await move('income:sales:gallery', 'assets:bank', 1000n);
  await move('income:sales', 'assets:bank', 99n);
  const curator = as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });

  const { items } = await run(curator, getProfitAndLoss, {});

  expect(items.map(({ brandId, profit }) => [brandId, profit])).toEqual([['gallery', '1000']]);
});
