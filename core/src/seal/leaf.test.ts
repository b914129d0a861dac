import { expect, test } from 'vitest';
import { canonicalJson } from '../kernel/canonical.ts';
import { ENTRY_COLUMNS, type Entry, leafText, sealChange } from './leaf.ts';
import { sha256, sha256Hex } from './merkle.ts';

const ODD = 'quo"te, \u2028, \\, é, \u{1f600}, \n';

test('a leaf is the canonical JSON of its row, without what is null', () => {
  const entry = {
    ...Object.fromEntries(ENTRY_COLUMNS.map((name, place) => [name, `${place} ${ODD}`])),
    tainted: false,
    address: null,
  } as unknown as Entry;
  const { address: _, ...columns } = entry;
  const [body, changes] = [sha256('body'), sha256('changes')];
  expect(leafText(entry, body, changes)).toBe(
    canonicalJson({ body: body.toString('hex'), changes: changes.toString('hex'), entry: columns }),
  );
});

test('the digest of a change is that of its canonical JSON', () => {
  const place = { id: '7', at: 'at', call_id: 'call', schema_name: 's', table_name: 't', key: ODD, operation: 'insert' };
  const after = sha256Hex('after');
  const text = canonicalJson({ ...place, after });
  expect(sealChange(place, { before: null, after }).digest).toBe(sha256Hex(text));
});
