import { execFileSync } from 'node:child_process';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { csv, newFile, startMarket } from '../../testing/market.ts';
import { quoteFile, readSmallFile } from './quote-file.ts';

const LINE = 'card:1,sale,1250,EUR,2026-11-01T10:00:00Z';
let house: Awaited<ReturnType<typeof startMarket>>;
let path: string;
beforeAll(async () => {
  path = await newFile(csv(LINE));
  house = await startMarket([
    quoteFile({ id: 'nowhere', title: 'Nowhere', path: `${path}.gone` }),
    quoteFile({ id: 'folder', title: 'A folder', path: dirname(path) }),
    quoteFile({ id: 'cards', title: 'Cards', path }),
  ]);
}, 300_000);
const sourceOf = async (id: string) => (await house.ask('list-sources')).items.find((one) => one.sourceId === (id as never));

test('a file is read once, and what is added to it is read then', async () => {
  expect(await house.refresh('cards')).toMatchObject({ added: 1, known: 0, faultCount: 0, hasMore: false });
  expect(await house.refresh('cards')).toMatchObject({ added: 0 });
  await appendFile(path, `\ncard:1,sale,1300,EUR,2026-11-02T10:00:00Z\nnonsense`);
  expect(await house.refresh('cards')).toMatchObject({ added: 1, known: 1, faults: [{ line: 4, reason: 'wrong_columns' }] });
  expect(await house.refresh('cards')).toMatchObject({ added: 0, faultCount: 1 });
  expect(await sourceOf('cards')).toMatchObject({ faultCount: 1, faults: [{ line: 4 }] });
  const quotes = await house.quotes({ sourceId: 'cards' });
  expect(quotes.map(({ asset, kind, amount, unit }) => [asset, kind, amount, unit])).toEqual([
    ['card:1', 'sale', '1300', 'EUR'],
    ['card:1', 'sale', '1250', 'EUR'],
  ]);
});

test('one source that cannot be read says why, keeps what it had, and holds up no other', async () => {
  for (const id of ['folder', 'nowhere']) {
    expect(await house.refresh(id)).toMatchObject({ added: 0, error: { code: 'marketdata.file_unreadable' } });
    expect(await sourceOf(id)).toMatchObject({ error: { code: 'marketdata.file_unreadable' } });
    expect(await sourceOf(id)).not.toHaveProperty('succeededAt');
  }
  const before = await house.quotes({ sourceId: 'cards' });
  await rm(path);
  expect(await house.refresh('cards')).toMatchObject({ error: { code: 'marketdata.file_unreadable' } });
  expect(await sourceOf('cards')).toMatchObject({ succeededAt: expect.any(String) });
  expect(await house.quotes({ sourceId: 'cards' })).toEqual(before);
  await writeFile(path, csv(LINE));
  expect(await house.refresh('cards')).toMatchObject({ added: 0, known: 1 });
  expect(await sourceOf('cards')).not.toHaveProperty('error');
});

test('a pipe to which nobody writes is not waited for', async () => {
  const pipe = join(dirname(path), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await expect(readSmallFile(pipe)).rejects.toMatchObject({ code: 'marketdata.file_unreadable' });
});

test('the schedule reads each source by a job of its own', async () => {
  await writeFile(path, csv(LINE, 'card:2,sale,700,EUR,2026-11-03T10:00:00Z'));
  await house.ask('strike-clock');
  await house.settle();
  expect(await house.quotes({ asset: 'card:2' })).toHaveLength(1);
  expect(await sourceOf('nowhere')).toMatchObject({ error: { code: 'marketdata.file_unreadable' } });
  expect(await sourceOf('cards')).not.toHaveProperty('error');
});
