import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { getStatement } from './get-statement.ts';
import { postEntry } from './post-entry.ts';

const accounts = { 'assets:bank': { type: 'asset' }, 'income:sales': { type: 'income' } } as const;

test('a statement begins with the last posting and shows the balance after each', async () => {
  const { run, admin, move } = await startBooks(accounts);
  await move('income:sales', 'assets:bank', 300n, { memo: 'Three', effectiveAt: '2026-03-01T00:00:00Z' });
  await move('assets:bank', 'income:sales', 100n, { memo: 'One back', effectiveAt: '2026-01-01T00:00:00Z' });

  const { items } = await run(admin, getStatement, { path: 'assets:bank' });

  expect(items.map(({ number, memo, amount, balance }) => [number, memo, amount, balance])).toEqual([
    ['2', 'One back', '-100', '200'],
    ['1', 'Three', '300', '300'],
  ]);
  const first = await run(admin, getStatement, { path: 'assets:bank', from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' });
  expect(first.items.map(({ memo }) => memo)).toEqual(['One back']);
});

test('several postings of one entry to one account each have a number and a balance', async () => {
  const { run, admin } = await startBooks(accounts);
  const posting = (path: string, amount: string) => ({ path, unit: 'EUR', amount });
  const postings = [posting('assets:bank', '5'), posting('income:sales', '-12'), posting('assets:bank', '7')];

  await run(admin, postEntry, { memo: 'Two payments', postings });

  const { items } = await run(admin, getStatement, { path: 'assets:bank' });
  expect(items.map(({ number, amount, balance }) => [number, amount, balance])).toEqual([
    ['2', '7', '12'],
    ['1', '5', '5'],
  ]);
});

test('pages of one account, and of all, hold each posting once while others are recorded', async () => {
  const { run, admin, move } = await startBooks(accounts);
  for (let sale = 1; sale <= 5; sale++) await move('income:sales', 'assets:bank', BigInt(sale));
  const walk = async (filter: { path?: string }) => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await run(admin, getStatement, { ...filter, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ amount }) => amount));
      cursor = page.nextCursor;
      await move('assets:bank', 'income:sales', 100n);
    } while (cursor !== undefined);
    return seen;
  };

  expect(await walk({ path: 'assets:bank' })).toEqual(['5', '4', '3', '2', '1']);
  const all = await walk({});
  expect(all).toHaveLength(2 * (5 + 3));
  expect(all.slice(-4)).toEqual(['-2', '2', '-1', '1']);
});

test("of other brands' accounts nothing is listed, and what is no cursor or period is refused", async () => {
  const { run, as, admin, move } = await startBooks({ ...accounts, 'income:gallery': { type: 'income', brandId: 'gallery' } });
  await move('income:gallery', 'assets:bank', 5n);
  const curator = as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });

  const { items } = await run(curator, getStatement, {});

  expect(items.map(({ path }) => path)).toEqual(['income:gallery']);
  await expect(run(curator, getStatement, { path: 'assets:bank' })).rejects.toMatchObject({ code: 'ledger.unknown_account' });
  const beyond = Buffer.from(JSON.stringify(['1', '9'.repeat(18)])).toString('base64url');
  for (const cursor of ['WyJhIl0', beyond])
    await expect(run(admin, getStatement, { cursor })).rejects.toMatchObject({ code: 'core.bad_cursor' });
  const backwards = { from: '2026-03-01T00:00:00Z', to: '2026-01-01T00:00:00Z' };
  await expect(run(admin, getStatement, backwards)).rejects.toMatchObject({ code: 'ledger.bad_period' });
});
