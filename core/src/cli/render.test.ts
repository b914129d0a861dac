import { expect, test } from 'vitest';
import { render } from './render.ts';

const ID = '016766a3-268a-4b58-a120-011d8ec6c494';
const OTHER = 'e55f6129-09c9-40df-8dda-e92b1f0c7a11';

test('a table shows what a row is of before the ids of other things, and says what it leaves out', () => {
  const items = [{ listingId: ID, productId: OTHER, title: 'Low tide', price: '1250', unit: 'EUR' }];
  expect(render({ items, nextCursor: 'x'.repeat(120) }, 80).split('\n')).toEqual([
    'items',
    `listingId                             title     price  unit`,
    `${'-'.repeat(36)}  --------  -----  ----`,
    `${ID}  Low tide  1250   EUR`,
    '(also: productId; --json shows all)',
    `nextCursor  ${'x'.repeat(120)}`,
  ]);
});

test('of what a dry run would change each column that becomes another is a line', () => {
  const changes = [
    { table: 'assets.assets', operation: 'update', before: { id: ID, title: 'Harbour' }, after: { id: ID, title: 'Low tide' } },
    { table: 'ledger.postings', operation: 'insert', after: { amount: '5', memo: null } },
  ];
  expect(render({ changes }, 80)).toBe(
    'changes\nupdate assets.assets\n  title: Harbour → Low tide\ninsert ledger.postings\n  amount: 5',
  );
});
