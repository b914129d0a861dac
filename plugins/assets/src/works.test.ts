import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineAction, definePlugin } from '@troupe-os/core';
import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { addToCollection } from './actions/add-to-collection.ts';
import { archive } from './actions/archive.ts';
import { createCollection } from './actions/create-collection.ts';
import { get } from './actions/get.ts';
import { getImport } from './actions/get-import.ts';
import { importWorks } from './actions/import.ts';
import { listCollections } from './actions/list-collections.ts';
import { open } from './actions/open.ts';
import { publish } from './actions/publish.ts';
import { search } from './actions/search.ts';
import { update } from './actions/update.ts';
import { assetsPort } from './contract.ts';
import { assetsPlugin } from './index.ts';
import { readMedia } from './media/read-media.ts';
import { encodeWav } from './rehearsal/wav.ts';

const trade = defineAction({
  name: 'stall.trade',
  title: 'Trade',
  description: 'Moves a work on through the port, as a marketplace would.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'stall.work.trade',
  input: z.strictObject({ id: z.string(), to: z.enum(['on-sale', 'published', 'sold']), buyer: z.string().optional() }),
  output: z.strictObject({ described: z.array(z.string()) }),
  async handler(ctx, { id, to, buyer }) {
    const port = ctx.use(assetsPort);
    await port.changeStatus(id, to);
    if (buyer !== undefined) await port.setOwner(id, { kind: 'customer', id: buyer });
    const sameStatus = await port.list({ status: to, limit: 100 });
    if (!sameStatus.some(({ assetId }) => assetId === id)) throw new Error('The list lacks the work.');
    return { described: (await port.describe(['none', id])).map(({ title, status }) => `${title}: ${status}`) };
  },
});

const stall = definePlugin({
  id: 'stall',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'stall.work.trade': { title: 'Trade works', roles: ['guest'] } },
  tables: {},
  actions: [trade],
  requires: { assets: ['describe', 'list', 'changeStatus', 'setOwner'] },
});

let house: TestKernel;
let root: string;
const operator = () => house.as({ id: 'operator', kind: 'operator', roles: ['owner'] });
const editor = () => house.as({ id: 'eda', roles: [{ role: 'editor', brandId: 'gallery' }] });
const stranger = () => house.as({ id: 'stan', roles: [{ role: 'editor', brandId: 'vault' }] });
const customer = (id: string) => house.as({ id, roles: ['guest'] });

beforeAll(async () => {
  house = await startTestKernel([assetsPlugin, stall]);
  root = await mkdtemp(join(tmpdir(), 'troupe-works-'));
}, 300_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** Imports a picture of its own for the gallery. Answers the work's id. */
async function newWork(title: string): Promise<string> {
  const path = join(root, `${title}.png`);
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><text y="99" font-size="30">${title}</text></svg>`;
  await writeFile(path, await sharp(Buffer.from(drawing)).png().toBuffer());
  const { importId } = await house.run(operator(), importWorks, { file: path, brandId: 'gallery' });
  await house.settle();
  const { items } = await house.run(operator(), getImport, { importId });
  return items[0]?.assetId ?? 'none';
}

const key = () => ({ idempotencyKey: crypto.randomUUID() });

test('a work is unknown to guests and to other brands until it is published', async () => {
  const id = await newWork('Quiet room');
  for (const caller of [house.guest, customer('cy'), stranger()]) {
    await expect(house.run(caller, get, { id })).rejects.toMatchObject({ code: 'assets.unknown_asset' });
  }
  await expect(house.run(stranger(), publish, { id }, key())).rejects.toMatchObject({ code: 'assets.unknown_asset' });

  expect(await house.run(editor(), publish, { id }, key())).toMatchObject({ status: 'published' });
  expect(await house.run(house.guest, get, { id })).toMatchObject({ title: 'Quiet room', status: 'published' });
  await expect(house.run(editor(), publish, { id }, key())).rejects.toMatchObject({ code: 'assets.wrong_status' });
});

test('guests see neither file, likenesses nor history; those who work on the brand see all of it', async () => {
  const id = await newWork('Loud room');
  await house.run(editor(), publish, { id }, key());
  const [shown, whole] = [await house.run(house.guest, get, { id }), await house.run(editor(), get, { id })];
  for (const hidden of ['file', 'owner', 'likenesses', 'history']) expect(shown).not.toHaveProperty(hidden);
  expect(whole.file).toMatchObject({ name: 'Loud room.png' });
  expect(whole.history?.map(({ action }) => action)).toEqual(['assets.publish', 'assets.import-file#inspect']);
  expect(whole.history?.[0]).toMatchObject({
    actor: 'eda',
    fields: [{ field: 'status', before: 'indexed', after: 'published' }],
  });
});

test('what is on sale cannot be archived, and a sold work is seen by its buyer', async () => {
  const id = await newWork('Third room');
  await expect(house.run(customer('cy'), trade, { id, to: 'on-sale' }, key())).rejects.toMatchObject({
    code: 'assets.wrong_status',
  });
  await house.run(editor(), publish, { id }, key());
  expect(await house.run(customer('cy'), trade, { id, to: 'on-sale' }, key())).toEqual({ described: ['Third room: on-sale'] });
  await expect(house.run(editor(), archive, { id }, key())).rejects.toMatchObject({ code: 'assets.on_sale' });

  await house.run(customer('cy'), trade, { id, to: 'sold', buyer: 'cy' }, key());
  await house.run(editor(), archive, { id }, key());
  expect(await house.run(customer('cy'), get, { id })).toMatchObject({ status: 'archived', file: { name: 'Third room.png' } });
  await expect(house.run(customer('di'), get, { id })).rejects.toMatchObject({ code: 'assets.unknown_asset' });
});

test('pictures open for whoever sees the work, the original for its owner and the brand', async () => {
  const id = await newWork('Fourth room');
  await expect(house.run(house.guest, open, { id, variant: 'thumbnail-320' })).rejects.toMatchObject({
    code: 'assets.unknown_asset',
  });
  await house.run(editor(), publish, { id }, key());

  const picture = await house.run(house.guest, open, { id, variant: 'thumbnail-320' });
  expect(await house.kernel.objects.head(picture.objectKey)).toMatchObject({ contentType: 'image/webp', size: picture.size });
  await expect(house.run(house.guest, open, { id, variant: 'original' })).rejects.toMatchObject({
    code: 'assets.unknown_variant',
  });
  expect(await house.run(editor(), open, { id, variant: 'original' })).toMatchObject({
    fileName: 'Fourth room.png',
    contentType: 'image/png',
  });
});

test('of a song everybody who sees it hears the first 30 seconds', async () => {
  const path = join(root, 'tone.wav');
  const tone = Float32Array.from({ length: 32 * 8_000 }, (_, at) => Math.sin(at / 9) / 2);
  await writeFile(path, encodeWav({ sampleRate: 8_000, channels: [tone, tone] }));
  const { importId } = await house.run(operator(), importWorks, { file: path, title: 'Tone', brandId: 'gallery' });
  await house.settle();
  const id = (await house.run(operator(), getImport, { importId })).items[0]?.assetId ?? 'none';
  await house.run(editor(), publish, { id }, key());

  const { objectKey, fileName } = await house.run(house.guest, open, { id, variant: 'preview' });
  const heard = join(root, fileName);
  await writeFile(heard, await house.kernel.objects.get(objectKey));
  expect(await readMedia(heard, fileName)).toMatchObject({ mime: 'audio/flac', audio: { durationSeconds: 30, channels: 1 } });
  expect((await house.run(house.guest, get, { id })).facts).toMatchObject({ kind: 'audio', durationSeconds: 32, channels: 2 });
});

test('a changed work is found by its new words, and the change says how to take it back', async () => {
  const id = await newWork('Fifth room');
  const { before } = await house.run(editor(), update, { id, description: 'A walrus plays chess.', tags: ['walrus'] });
  expect(before).toEqual({ description: '', tags: [] });
  expect((await house.run(editor(), search, { q: 'walrus' })).items[0]?.id).toBe(id);

  await house.run(editor(), update, { id, ...before });
  expect(await house.run(editor(), get, { id })).toMatchObject({ description: '', tags: [] });
  await expect(house.run(editor(), update, { id })).rejects.toMatchObject({ code: 'assets.nothing_to_change' });
  await expect(house.run(stranger(), update, { id, title: 'Mine' })).rejects.toMatchObject({ code: 'assets.unknown_asset' });
});

test('guests see a collection once something in it is published, and count only that', async () => {
  const [open, closed] = [await newWork('Sixth room'), await newWork('Seventh room')];
  const { id } = await house.run(editor(), createCollection, { brandId: 'gallery', title: 'Rooms' });
  expect(await house.run(editor(), addToCollection, { id, assetIds: [open, closed, open] })).toEqual({ added: 2 });
  expect((await house.run(house.guest, listCollections, {})).items).toEqual([]);

  await house.run(editor(), publish, { id: open }, key());
  expect((await house.run(house.guest, listCollections, {})).items).toMatchObject([{ title: 'Rooms', works: 1 }]);
  expect((await house.run(house.guest, search, { collection: id })).items.map((item) => item.id)).toEqual([open]);
  expect((await house.run(editor(), listCollections, {})).items).toMatchObject([{ title: 'Rooms', works: 2 }]);
  await expect(house.run(editor(), createCollection, { brandId: 'gallery', title: 'Rooms' })).rejects.toMatchObject({
    code: 'assets.collection_title_taken',
  });
  await expect(house.run(stranger(), addToCollection, { id, assetIds: [open] })).rejects.toMatchObject({
    code: 'assets.unknown_collection',
  });
});

test('a list shows exactly the works that can be opened one by one', async () => {
  const viewer = house.as({ id: 'vic', roles: [{ role: 'viewer', brandId: 'gallery' }] });
  const all = (await house.run(operator(), search, { limit: 100 })).items.map(({ id }) => id);
  for (const caller of [house.guest, customer('cy'), customer('di'), stranger(), viewer, operator()]) {
    const listed = (await house.run(caller, search, { limit: 100 })).items.map(({ id }) => id);
    const opened = await Promise.all(
      all.map((id) =>
        house.run(caller, get, { id }).then(
          () => [id],
          () => [],
        ),
      ),
    );
    expect(listed).toEqual(opened.flat());
  }
});
