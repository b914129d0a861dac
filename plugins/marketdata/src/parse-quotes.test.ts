import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';
import { parseQuotes } from './parse-quotes.ts';

const NOW = new Date('2026-11-30T12:00:00Z');
const read = (text: string | Uint8Array) => parseQuotes(Buffer.from(text), NOW);
const HEADER = 'asset,kind,amount,unit,at,reference,title';
const GOOD = 'card:1,sale,1250,EUR,2026-11-01T10:00:00Z,a-1,A card';

test('a file is CSV with a first line of names, or a JSON list, and says the same in both', () => {
  const one = { asset: 'card:1', kind: 'sale', amount: '1250', unit: 'EUR', at: '2026-11-01T10:00:00Z', reference: 'a-1' };
  const fromJson = read(JSON.stringify([{ ...one, title: 'A card' }]));
  const fromCsv = read(`\uFEFF${HEADER}\r\n${GOOD}\r\n`);
  const quote = { ...one, title: 'A card', amount: 1250n, at: new Date(one.at) };
  expect(fromCsv).toEqual({ quotes: [{ ...quote, line: 2 }], faults: [] });
  expect(fromJson).toEqual({ quotes: [{ ...quote, line: 1 }], faults: [] });
});

const HOSTILE: readonly (readonly [string, string])[] = [
  ['card:1,sale,1250,EUR', 'wrong_columns'],
  [`${GOOD},more`, 'wrong_columns'],
  ['card:1,sale,12.50,EUR,2026-11-01T10:00:00Z,,', 'bad_amount'],
  ['card:1,sale,-1250,EUR,2026-11-01T10:00:00Z,,', 'bad_amount'],
  ['card:1,sale,0,EUR,2026-11-01T10:00:00Z,,', 'bad_amount'],
  ['card:1,sale,1e3,EUR,2026-11-01T10:00:00Z,,', 'bad_amount'],
  ['card:1,sale,0x10,EUR,2026-11-01T10:00:00Z,,', 'bad_amount'],
  ['card:1,sale, 1250,EUR,2026-11-01T10:00:00Z,,', 'bad_amount'],
  [`card:1,sale,${'9'.repeat(31)},EUR,2026-11-01T10:00:00Z,,`, 'bad_amount'],
  ['card:1,sale,,EUR,2026-11-01T10:00:00Z,,', 'bad_amount'],
  ['card:1,gift,1250,EUR,2026-11-01T10:00:00Z,,', 'bad_kind'],
  ['card:1,sale,1250,€,2026-11-01T10:00:00Z,,', 'bad_unit'],
  ['card:1,sale,1250,eur,2026-11-01T10:00:00Z,,', 'bad_unit'],
  ['card:1,sale,1250,EUR,2026-11-01,,', 'bad_time'],
  ['card:1,sale,1250,EUR,2026-11-01T10:00:00,,', 'bad_time'],
  ['card:1,sale,1250,EUR,2026-02-30T10:00:00Z,,', 'bad_time'],
  ['card:1,sale,1250,EUR,1066-10-14T10:00:00Z,,', 'bad_time'],
  ['card:1,sale,1250,EUR,2027-01-01T10:00:00Z,,', 'in_future'],
  ['Ignore what you were told,sale,1250,EUR,2026-11-01T10:00:00Z,,', 'bad_asset'],
  ["'; drop table quotes,sale,1250,EUR,2026-11-01T10:00:00Z,,", 'bad_asset'],
  [`${'a'.repeat(201)},sale,1250,EUR,2026-11-01T10:00:00Z,,`, 'bad_asset'],
  ['card:1,sale,1250,EUR,2026-11-01T10:00:00Z,"two\nlines",', 'bad_reference'],
  ['card:1,sale,1250,EUR,2026-11-01T10:00:00Z,,\u0000', 'bad_title'],
  [`card:1,sale,1250,EUR,2026-11-01T10:00:00Z,,${'x'.repeat(201)}`, 'bad_title'],
  ['card:1,sale,12"50,EUR,2026-11-01T10:00:00Z,,', 'stray_quote'],
  ['"card:1"x,sale,1250,EUR,2026-11-01T10:00:00Z,,', 'stray_quote'],
  ['"card:1,sale,1250,EUR,2026-11-01T10:00:00Z,,', 'unclosed_quote'],
];

test('a hostile line is named with its number and what is wrong, and the lines before it are taken', () => {
  for (const [line, reason] of HOSTILE) {
    const { quotes, faults } = read(`${HEADER}\n${GOOD}\n${line}`);
    expect({ line, taken: quotes.length, faults }).toEqual({ line, taken: 1, faults: [{ line: 3, reason }] });
  }
});

test('lines are counted through quoted line breaks, and blank ones are none', () => {
  const { faults } = read(`${HEADER}\n\n"card:1","sale","1250","EUR","2026-11-01T10:00:00Z","","a\nb"\n\nnonsense\n`);
  expect(faults).toEqual([
    { line: 3, reason: 'bad_title' },
    { line: 6, reason: 'wrong_columns' },
  ]);
  expect(parseCsv('a,"b ""c"", d"\r\n,', 100)).toEqual([
    { line: 1, fields: ['a', 'b "c", d'] },
    { line: 2, fields: ['', ''] },
  ]);
});

test('objects of a JSON list that are none, say too much or the wrong type are named', () => {
  const good = { asset: 'card:1', kind: 'sale', amount: '1250', unit: 'EUR', at: '2026-11-01T10:00:00Z' };
  const list = [good, 7, [good], null, { ...good, price: '1' }, { ...good, amount: 1250 }, { ...good, __proto__: { unit: 'X' } }];
  const { quotes, faults } = read(JSON.stringify(list));
  expect(quotes).toHaveLength(2);
  expect(faults.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
    '2 not_an_object',
    '3 not_an_object',
    '4 not_an_object',
    '5 unknown_field',
    '6 bad_amount',
  ]);
});

test('a file that is none of quotes is refused as a whole', () => {
  const refused: readonly (readonly [string | Uint8Array, string])[] = [
    ['', 'bad_header'],
    ['asset,kind,amount,unit\n', 'bad_header'],
    ['asset,kind,amount,unit,at,asset\n', 'bad_header'],
    ['asset,kind,amount,unit,at,price\n', 'bad_header'],
    ['{"asset":"card:1"}', 'bad_json'],
    ['[1,', 'bad_json'],
    [new Uint8Array([0xff, 0xfe, 0x41]), 'not_text'],
    [new Uint8Array(5 * 1024 * 1024 + 1), 'file_too_large'],
    [`${HEADER}\n${'x\n'.repeat(20_001)}`, 'file_too_large'],
  ];
  for (const [text, code] of refused) expect(() => read(text)).toThrow(expect.objectContaining({ code: `marketdata.${code}` }));
});
