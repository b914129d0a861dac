import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { getEntry } from './get-entry.ts';

const accounts = { 'assets:bank': { type: 'asset' }, 'income:sales': { type: 'income' } } as const;

test('an entry names the call that recorded it, as the audit does', async () => {
  const { run, admin, database, move } = await startBooks(accounts);
  const { entryId } = await move('income:sales', 'assets:bank', 500n, {
    brandId: 'gallery',
    effectiveAt: '2026-03-01T00:00:00Z',
  });

  const entry = await run(admin, getEntry, { entryId });

  expect(entry).toMatchObject({ entryId, brandId: 'gallery', effectiveAt: '2026-03-01T00:00:00.000Z' });
  expect(entry.postings.map(({ path, amount }) => [path, amount])).toEqual([
    ['assets:bank', '500'],
    ['income:sales', '-500'],
  ]);
  const rows = await database.rows(sql`select action, outcome from core.audit_entries where call_id = ${entry.callId}`);
  expect(rows).toEqual([{ action: 'ledger.post-entry', outcome: 'succeeded' }]);
});

test('who reads the books of one brand sees its entries and no others', async () => {
  const { run, as, move } = await startBooks(accounts);
  const own = await move('income:sales', 'assets:bank', 500n, { brandId: 'gallery' });
  const other = await move('income:sales', 'assets:bank', 500n);
  const curator = as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });

  expect(await run(curator, getEntry, own)).toMatchObject({ brandId: 'gallery' });
  await expect(run(curator, getEntry, other)).rejects.toMatchObject({ code: 'ledger.unknown_entry' });
});
