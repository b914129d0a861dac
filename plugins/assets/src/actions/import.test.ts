import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBadFiles, makeTestFiles } from '../../../../test/made-files.ts';
import { assetsPlugin } from '../index.ts';
import { get } from './get.ts';
import { getImport } from './get-import.ts';
import { importWorks } from './import.ts';
import { search } from './search.ts';

let house: TestKernel;
let root: string;
const operator = () => house.as({ id: 'operator', kind: 'operator', roles: ['owner'] });
const editor = () => house.as({ id: 'eda', roles: [{ role: 'editor', brandId: 'gallery' }] });

beforeAll(async () => {
  house = await startTestKernel([assetsPlugin]);
  root = await mkdtemp(join(tmpdir(), 'troupe-import-'));
}, 300_000);
afterAll(() => rm(root, { recursive: true, force: true }));

async function newFolder(): Promise<string> {
  return mkdtemp(join(root, 'folder-'));
}

async function picture(name: string, shade: number): Promise<Buffer> {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><text y="99" font-size="40">${name}</text></svg>`;
  return sharp(Buffer.from(drawing))
    .flatten({ background: { r: shade, g: 90, b: 200 - shade } })
    .png()
    .toBuffer();
}

test('a folder comes in with its fingerprints, each file once, and the import tells of each', async () => {
  const folder = await newFolder();
  const made = await makeTestFiles(folder);
  const { importId, total } = await house.run(operator(), importWorks, { file: folder, brandId: 'gallery', tags: ['made'] });
  await house.settle();

  const progress = await house.run(operator(), getImport, { importId, limit: 100 });
  expect(total).toBe(made.length);
  expect(progress.items.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(progress).toMatchObject({
    total: made.length,
    failed: 0,
    waiting: 0,
    duplicates: made.filter((one) => one.duplicateOf).length,
  });
  const idOf = (name: string | undefined) => progress.items.find((item) => item.name === name)?.assetId ?? 'none';

  for (const copy of made.filter((one) => one.duplicateOf)) expect(idOf(copy.fileName)).toBe(idOf(copy.duplicateOf));
  const edited = made.filter((one) => one.nearDuplicateOf ?? one.sameRecordingAs);
  for (const { fileName, nearDuplicateOf, sameRecordingAs } of edited) {
    const { likenesses } = await house.run(operator(), get, { id: idOf(fileName) });
    expect(likenesses?.map(({ id }) => id)).toContain(idOf(nearDuplicateOf ?? sameRecordingAs));
  }
}, 300_000);

test('a bad file fails with its own code, and the others go on', async () => {
  const folder = await newFolder();
  const bad = await makeBadFiles(folder);
  await writeFile(join(folder, 'good.png'), await picture('good', 20));
  const { importId } = await house.run(operator(), importWorks, { file: folder, brandId: 'gallery' });
  await house.settle();

  const { items, failed, done } = await house.run(operator(), getImport, { importId, limit: 100 });
  expect({ failed, done }).toEqual({ failed: bad.length, done: 1 });
  for (const { fileName, code } of bad) expect(items.find(({ name }) => name === fileName)?.error?.code).toBe(code);
}, 300_000);

test('hidden files are left out, links are not followed, and names below the folder stay', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'series'));
  await writeFile(join(folder, 'series', 'one.png'), await picture('one', 40));
  await writeFile(join(folder, '.secret.png'), await picture('secret', 60));
  await symlink(join(root), join(folder, 'elsewhere'));
  const { importId } = await house.run(operator(), importWorks, { file: folder, brandId: 'gallery' });
  await house.settle();

  const { items } = await house.run(operator(), getImport, { importId });
  expect(items).toMatchObject([{ name: 'series/one.png', state: 'done', title: 'one' }]);
});

test('an upload comes in with the title it is given, however often it is named', async () => {
  const upload = await house.kernel.receiveFile(
    { action: 'assets.import', caller: editor() },
    'x.png',
    Readable.from([await picture('up', 80)]),
    1e6,
  );
  const { importId, total } = await house.run(editor(), importWorks, {
    files: [upload, upload],
    title: 'Evening',
    brandId: 'gallery',
  });
  await house.settle();

  const { items } = await house.run(editor(), getImport, { importId });
  expect({ total, items }).toMatchObject({ total: 1, items: [{ name: 'x.png', state: 'done', title: 'Evening' }] });
});

test('an import says how far it is with looking at the uploads', async () => {
  const call = { action: 'assets.import', caller: editor(), surface: 'test', requestId: 'r' };
  const one = await picture('counted', 60);
  const receive = (_: unknown, at: number) => house.kernel.receiveFile(call, `${at}.png`, Readable.from([one]), 1_000_000);
  const files = await Promise.all(Array.from({ length: 9 }, receive));
  const steps: unknown[] = [];
  const progress = (step: unknown) => void steps.push(step);
  await house.kernel.execute({ ...call, input: { files, brandId: 'gallery' }, idempotencyKey: 'counted', progress });
  expect(steps).toEqual([
    { done: 8, total: 9 },
    { done: 9, total: 9 },
  ]);
});

test('two imports of one file at once make one work', async () => {
  const path = join(await newFolder(), 'twice.png');
  await writeFile(path, await picture('twice', 160));
  const input = { file: path, brandId: 'gallery' };
  const opened = await Promise.all([house.run(operator(), importWorks, input), house.run(operator(), importWorks, input)]);
  await house.settle();

  const told = await Promise.all(opened.map(({ importId }) => house.run(operator(), getImport, { importId })));
  expect(told.map(({ done, duplicates }) => done * 10 + duplicates).sort()).toEqual([1, 10]);
  expect(told[0]?.items[0]?.assetId).toBe(told[1]?.items[0]?.assetId);
});

test('whoever may not, gets an error before anything is written', async () => {
  const path = join(await newFolder(), 'mine.png');
  await writeFile(path, await picture('mine', 100));
  const folder = await newFolder();
  const cases = [
    [editor(), { file: path, brandId: 'gallery' }, 'core.path_not_allowed'],
    [editor(), { file: 'upload:00000000-0000-4000-8000-000000000000', brandId: 'gallery' }, 'core.unknown_file'],
    [editor(), { file: path, brandId: 'vault' }, 'assets.unknown_brand'],
    [operator(), { file: path, brandId: 'nowhere' }, 'core.unknown_brand'],
    [operator(), { file: join(folder, 'none.png'), brandId: 'gallery' }, 'core.unknown_file'],
    [operator(), { file: folder, brandId: 'gallery' }, 'assets.nothing_to_import'],
    [operator(), { file: path, files: [path], brandId: 'gallery' }, 'core.invalid_input'],
    [operator(), { file: path, brandId: 'gallery', collection: 'none' }, 'assets.unknown_collection'],
    [house.guest, { file: path, brandId: 'gallery' }, 'core.unauthenticated'],
  ] as const;
  for (const [caller, input, code] of cases)
    await expect(house.call(caller, 'assets.import', input)).rejects.toMatchObject({ code });
});

test.skipIf(process.getuid?.() === 0)('a folder that may not be read is refused by name', async () => {
  const folder = await newFolder();
  await chmod(folder, 0o000);
  await expect(house.run(operator(), importWorks, { file: folder, brandId: 'gallery' })).rejects.toMatchObject({
    code: 'assets.unreadable_folder',
  });
  await chmod(folder, 0o700);
});

test('an import is followed by those who import for its brand, and by nobody else', async () => {
  const path = join(await newFolder(), 'watched.png');
  await writeFile(path, await picture('watched', 120));
  const { importId } = await house.run(operator(), importWorks, { file: path, brandId: 'vault' });
  await house.settle();
  await expect(house.run(editor(), getImport, { importId })).rejects.toMatchObject({ code: 'assets.unknown_import' });
});

test('a dry run of an import leaves no work and no job', async () => {
  const path = join(await newFolder(), 'dry.png');
  await writeFile(path, await picture('dry', 140));
  const before = await house.run(operator(), search, {});
  await house.run(operator(), importWorks, { file: path, brandId: 'gallery' }, { dryRun: true });
  await house.settle();
  expect((await house.run(operator(), search, {})).total).toBe(before.total);
});

test('more files than are enqueued at once come in all the same', async () => {
  const folder = await newFolder();
  for (let number = 0; number < 205; number++) await writeFile(join(folder, `note ${number}.txt`), `Note number ${number}.`);
  const { importId } = await house.run(operator(), importWorks, { file: folder, brandId: 'gallery' });
  await house.settle();
  expect(await house.run(operator(), getImport, { importId })).toMatchObject({ total: 205, done: 205, waiting: 0 });
}, 300_000);
