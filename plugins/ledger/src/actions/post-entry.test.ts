import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { getBalance } from './get-balance.ts';
import { listAccounts } from './list-accounts.ts';
import { postEntry } from './post-entry.ts';

const accounts = { 'assets:bank': { type: 'asset' }, 'income:sales': { type: 'income' } } as const;
const sale = (debit: string, credit: string) => ({
  memo: 'A print was sold',
  postings: [
    { path: 'assets:bank', unit: 'EUR', amount: debit },
    { path: 'income:sales', unit: 'EUR', amount: credit },
  ],
});

test('an entry moves the balances of its accounts', async () => {
  const { run, admin } = await startBooks(accounts);

  const { entryId } = await run(admin, postEntry, sale('1250', '-1250'));

  expect(entryId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await run(admin, getBalance, { path: 'assets:bank' })).toMatchObject({ balance: '1250', unit: 'EUR', type: 'asset' });
  expect(await run(admin, getBalance, { path: 'income:sales' })).toMatchObject({ balance: '-1250' });
});

test('an entry that does not add up in each unit is refused, in a dry run too, and changes nothing', async () => {
  const { run, admin } = await startBooks(accounts);
  const refusal = { code: 'ledger.unbalanced', details: { unit: 'EUR', sum: '1' } };

  await expect(run(admin, postEntry, sale('1250', '-1249'))).rejects.toMatchObject(refusal);
  await expect(run(admin, postEntry, sale('1250', '-1249'), { dryRun: true })).rejects.toMatchObject(refusal);

  expect(await run(admin, getBalance, { path: 'assets:bank' })).toMatchObject({ balance: '0' });
});

test('the same key and content is the same entry, and the same key with other content is refused', async () => {
  const { run, admin } = await startBooks(accounts);

  const first = await run(admin, postEntry, { key: 'sale:1', ...sale('1250', '-1250') });
  const again = await run(admin, postEntry, { key: 'sale:1', ...sale('1250', '-1250') });

  expect(again).toEqual(first);
  await expect(run(admin, postEntry, { key: 'sale:1', ...sale('1300', '-1300') })).rejects.toMatchObject({
    code: 'ledger.key_reused',
  });
  expect(await run(admin, getBalance, { path: 'assets:bank' })).toMatchObject({ balance: '1250' });
});

test('an account that is not there, in this unit, is named in the refusal', async () => {
  const { run, admin } = await startBooks(accounts);
  const postings = [
    { path: 'assets:bank', unit: 'USD', amount: '5' },
    { path: 'income:sales', unit: 'USD', amount: '-5' },
  ];

  await expect(run(admin, postEntry, { memo: 'In dollars', postings })).rejects.toMatchObject({
    code: 'ledger.unknown_account',
    details: { path: 'assets:bank', unit: 'USD' },
  });
  const nowhere = { memo: 'For nobody', brandId: 'nowhere', postings };
  await expect(run(admin, postEntry, nowhere)).rejects.toMatchObject({ code: 'core.unknown_brand' });
});

test('a balance never falls below the minimum of its account, whichever its side', async () => {
  const { run, admin, move } = await startBooks({
    ...accounts,
    'assets:cash': { type: 'asset', minimum: '0' },
    'liabilities:credits': { type: 'liability', minimum: '0' },
  });

  await move('liabilities:credits', 'assets:cash', 100n);

  await expect(move('assets:cash', 'assets:bank', 101n)).rejects.toMatchObject({ code: 'ledger.below_minimum' });
  await expect(move('assets:bank', 'liabilities:credits', 101n)).rejects.toMatchObject({ code: 'ledger.below_minimum' });
  await move('assets:cash', 'assets:bank', 100n);
  const { items } = await run(admin, listAccounts, { type: 'liability' });
  expect(items).toMatchObject([{ path: 'liabilities:credits', balance: '-100', minimum: '0' }]);
});

test('text and moments that a database cannot store are refused before it is asked', async () => {
  const { run, admin } = await startBooks(accounts);
  const entry = sale('5', '-5');
  const moments = ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-12:00', '2026-02-30T00:00:00Z', 'yesterday'];
  const bad = [
    ...moments.map((effectiveAt) => ({ effectiveAt })),
    { memo: 'a\u0000b' },
    { memo: '\ud800' },
    { key: '' },
    { brandId: 'No Brand' },
  ];

  for (const part of bad) {
    await expect(run(admin, postEntry, { ...entry, ...part })).rejects.toMatchObject({ code: 'core.invalid_input' });
  }
});

test('amounts that are zero, too large or no whole number are refused', async () => {
  const { run, admin } = await startBooks(accounts);
  const huge = `1${'0'.repeat(60)}`;

  await expect(run(admin, postEntry, sale('0', '0'))).rejects.toMatchObject({ code: 'ledger.bad_amount' });
  await expect(run(admin, postEntry, sale(huge, `-${huge}`))).rejects.toMatchObject({ code: 'ledger.bad_amount' });
  await expect(run(admin, postEntry, sale('12.50', '-12.50'))).rejects.toMatchObject({ code: 'core.invalid_input' });
});

test('who keeps the books of one brand posts to its accounts and to no others', async () => {
  const { run, as, admin } = await startBooks({
    ...accounts,
    'assets:gallery': { type: 'asset', brandId: 'gallery' },
    'income:gallery': { type: 'income', brandId: 'gallery' },
  });
  const curator = as({ id: 'gil', roles: [{ role: 'admin', brandId: 'gallery' }] });
  const posting = (path: string, amount: string) => ({ path, unit: 'EUR', amount });
  const own = [posting('assets:gallery', '5'), posting('income:gallery', '-5')];
  const foreign = [posting('assets:bank', '5'), posting('income:gallery', '-5')];

  await run(curator, postEntry, { memo: 'A sale', brandId: 'gallery', postings: own });

  await expect(run(curator, postEntry, { memo: 'A sale', postings: own })).rejects.toMatchObject({
    code: 'ledger.brand_not_allowed',
  });
  await expect(run(curator, postEntry, { memo: 'A sale', brandId: 'gallery', postings: foreign })).rejects.toMatchObject({
    code: 'ledger.unknown_account',
  });
  expect(await run(admin, getBalance, { path: 'income:gallery' })).toMatchObject({ balance: '-5' });
});

test('an editor cannot post, and is told that there is no such action', async () => {
  const { run, as } = await startBooks(accounts);

  await expect(run(as({ id: 'ed', roles: ['editor'] }), postEntry, sale('1', '-1'))).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
});
