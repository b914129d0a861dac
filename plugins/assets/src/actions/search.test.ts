import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import { beforeAll, expect, test } from 'vitest';
import { assetsPlugin } from '../index.ts';
import { rehearsalCatalogue } from '../rehearsal/catalogue.ts';
import { archive } from './archive.ts';
import { search } from './search.ts';

let house: TestKernel;
const owner = () => house.as({ id: 'olga', roles: ['owner'] });

beforeAll(async () => {
  house = await startTestKernel([assetsPlugin]);
  await house.kernel.seed({ rehearsal: true });
}, 300_000);

const titles = async (input: Parameters<typeof house.run>[2]) =>
  (await house.run(house.guest, search, input as { q: string })).items.map(({ title }) => title);

test('the rehearsal catalogue is published, and seeding again adds nothing', async () => {
  await house.kernel.seed({ rehearsal: true });
  const { total } = await house.run(house.guest, search, {});
  expect(total).toBe(rehearsalCatalogue().length);
});

test.each([
  ['vessels on the water at sundown', 'Harbour at low tide'],
  ['insomnia in the city', 'Seven windows awake'],
  ['railway carriages', 'Last train out of the valley'],
])('a paraphrase finds the work that it means: %s', async (q, expected) => {
  expect((await titles({ q })).slice(0, 2)).toContain(expected);
});

test('a word of the title comes first, and is found mistyped', async () => {
  expect((await titles({ q: 'orchard' }))[0]).toBe('Orchard, pruned');
  expect(await titles({ q: 'sunflwer' })).toContain('Sunflower, counted');
});

test('a question of nothing lists the newest, and one that nothing answers lists none', async () => {
  const newest = await titles({});
  expect(await titles({ q: '   ' })).toEqual(newest);
  expect(newest[0]).toBe(rehearsalCatalogue().at(-1)?.title);
  expect(await titles({ q: '????' })).toEqual([]);
});

test('filters hold together with a question, and a page is never short', async () => {
  const songs = await house.run(house.guest, search, { q: 'songs for a drive at night', type: 'music', limit: 2 });
  expect(songs.items.map(({ type }) => type)).toEqual(['music', 'music']);
  expect(await titles({ tags: ['tidelands', 'boats'] })).toEqual(['Harbour at low tide']);
  expect(await titles({ brandId: 'nobody' })).toEqual([]);
  const ids = songs.items.map(({ id }) => id);
  expect((await titles({ ids })).sort()).toEqual(songs.items.map(({ title }) => title).sort());
  expect(await titles({ ids: [...ids, 'nowhere'], q: 'songs for a drive at night', type: 'art' })).toEqual([]);
});

test.each([{}, { q: 'evening light over water' }])('pages join without a gap or a repeat: %o', async (question) => {
  const seen: string[] = [];
  let cursor: string | undefined;
  let total = 0;
  do {
    const found = await house.run(house.guest, search, { ...question, limit: 3, ...(cursor && { cursor }) });
    seen.push(...found.items.map(({ id }) => id));
    ({ total } = found);
    cursor = found.nextCursor;
  } while (cursor);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBe(total);
});

test('a cursor that is not ours is refused', async () => {
  await expect(house.run(house.guest, search, { cursor: 'bm90IG91cnM' })).rejects.toMatchObject({ code: 'core.bad_cursor' });
});

test('what is archived is gone for guests, from counts too, and stays for those who work on the brand', async () => {
  const [work] = (await house.run(house.guest, search, { q: 'moth' })).items;
  const before = await house.run(house.guest, search, {});
  await house.run(owner(), archive, { id: work?.id ?? '' });

  const viewer = house.as({ id: 'vic', roles: [{ role: 'viewer', brandId: 'vault' }] });
  expect(await titles({ q: 'moth' })).not.toContain('Moth no. 1');
  expect((await house.run(house.guest, search, {})).total).toBe(before.total - 1);
  expect((await house.run(viewer, search, { status: 'archived' })).items.map(({ title }) => title)).toEqual(['Moth no. 1']);
  const elsewhere = house.as({ id: 'gil', roles: [{ role: 'viewer', brandId: 'gallery' }] });
  expect((await house.run(elsewhere, search, { status: 'archived' })).total).toBe(0);
});
