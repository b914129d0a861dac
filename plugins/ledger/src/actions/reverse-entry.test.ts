import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { getBalance } from './get-balance.ts';
import { getEntry } from './get-entry.ts';
import { reverseEntry } from './reverse-entry.ts';

const accounts = { 'assets:bank': { type: 'asset' }, 'income:sales': { type: 'income' } } as const;

test('a reversal is a new entry with opposite postings, and both name each other', async () => {
  const { run, admin, move } = await startBooks(accounts);
  const { entryId } = await move('income:sales', 'assets:bank', 500n, { memo: 'Two prints' });

  const reversal = await run(admin, reverseEntry, { entryId, memo: 'They came back' });

  expect(await run(admin, getEntry, { entryId })).toMatchObject({ reversedBy: reversal.entryId });
  expect(await run(admin, getEntry, { entryId: reversal.entryId })).toMatchObject({
    memo: 'They came back',
    reverses: entryId,
    postings: [
      { path: 'assets:bank', amount: '-500' },
      { path: 'income:sales', amount: '500' },
    ],
  });
  expect(await run(admin, getBalance, { path: 'assets:bank' })).toMatchObject({ balance: '0' });
});

test('an entry is reversed at most once, however it is asked for', async () => {
  const { run, admin, move } = await startBooks(accounts);
  const { entryId } = await move('income:sales', 'assets:bank', 500n);

  const first = await run(admin, reverseEntry, { entryId, key: 'return:1' });

  expect(await run(admin, reverseEntry, { entryId, key: 'return:1' })).toEqual(first);
  await expect(run(admin, reverseEntry, { entryId })).rejects.toMatchObject({ code: 'ledger.already_reversed' });
});

test('what is not there, or belongs to another brand, cannot be reversed', async () => {
  const { run, as, admin, move } = await startBooks(accounts);
  const { entryId } = await move('income:sales', 'assets:bank', 500n);
  const curator = as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });
  const refusal = { code: 'ledger.unknown_entry' };

  await expect(run(admin, reverseEntry, { entryId: crypto.randomUUID() })).rejects.toMatchObject(refusal);
  await expect(run(curator, reverseEntry, { entryId })).rejects.toMatchObject(refusal);
});
