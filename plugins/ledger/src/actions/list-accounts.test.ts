import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { listAccounts } from './list-accounts.ts';

const accounts = {
  'assets:bank': { type: 'asset' },
  'income:sales': { type: 'income' },
  'income:sales:gallery': { type: 'income', brandId: 'gallery' },
  'income:sales:vault': { type: 'income', brandId: 'vault' },
  'income:sales-tax': { type: 'income', unit: 'USD' },
} as const;

test('a path lists the account and those below it, and no neighbour that begins alike', async () => {
  const { run, admin } = await startBooks(accounts);
  const paths = async (filter: object) => (await run(admin, listAccounts, filter)).items.map(({ path }) => path);

  expect(await paths({ path: 'income:sales' })).toEqual(['income:sales', 'income:sales:gallery', 'income:sales:vault']);
  expect(await paths({ brandId: 'vault' })).toEqual(['income:sales:vault']);
  expect(await paths({ unit: 'USD' })).toEqual(['income:sales-tax']);
  expect(await paths({ type: 'asset' })).toEqual(['assets:bank']);
});

test('pages follow each other without a gap, and a made-up cursor is refused', async () => {
  const { run, admin } = await startBooks(accounts);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await run(admin, listAccounts, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.items.map(({ path }) => path));
    cursor = page.nextCursor;
  } while (cursor !== undefined);

  expect(seen).toHaveLength(5);
  expect(new Set(seen)).toEqual(new Set(Object.keys(accounts)));
  for (const made of ['x', 'WyJhIl0', Buffer.from('["a",2]').toString('base64url')]) {
    await expect(run(admin, listAccounts, { cursor: made })).rejects.toMatchObject({ code: 'core.bad_cursor' });
  }
});

test('who reads the books of one brand sees the accounts of that brand', async () => {
  const { run, as } = await startBooks(accounts);

  const { items } = await run(as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] }), listAccounts, {});

  expect(items.map(({ path }) => path)).toEqual(['income:sales:gallery']);
});
