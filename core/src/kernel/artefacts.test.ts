import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { notesPlugin, startTestKernel } from '../testing/index.ts';

const house = await startTestKernel([notesPlugin], { workers: false });
const { artefacts } = house.kernel;
const fresh = () => ({ kind: 'Code', id: crypto.randomUUID(), payload: '{}', lastsSeconds: 60 });

test('an artefact is found by its id until it ends, and its id stands nowhere', async () => {
  const one = fresh();
  await artefacts.put({ ...one, payload: '{"a":1}' });
  expect(await artefacts.find('Code', one.id)).toEqual({ payload: '{"a":1}', usedMs: undefined });
  expect(await artefacts.find('Token', one.id)).toBeUndefined();
  expect(JSON.stringify(await house.database.rows(sql`select * from core.artefacts`))).not.toContain(one.id);
  house.advance(30_000);
  expect(await artefacts.find('Code', one.id)).toBeDefined();
  house.advance(31_000);
  expect(await artefacts.find('Code', one.id)).toBeUndefined();
  await artefacts.sweep();
  expect(await house.database.rows(sql`select 1 from core.artefacts where kind = 'Code'`)).toEqual([]);
});

test('of several first uses at once one is the first', async () => {
  const one = fresh();
  await artefacts.put(one);
  const uses = await Promise.all(Array.from({ length: 8 }, () => artefacts.consume('Code', one.id)));
  expect(uses.filter(Boolean)).toHaveLength(1);
  house.advance(30_000);
  expect((await artefacts.find('Code', one.id))?.usedMs).toBeGreaterThanOrEqual(30_000);
});

test('a family ends all that belongs to it, and nothing is born into one that has ended', async () => {
  const family = crypto.randomUUID();
  const [one, late] = [fresh(), fresh()];
  await artefacts.beginFamily(family, 60);
  await artefacts.put({ ...one, family });
  await artefacts.endFamily(family);
  expect(await artefacts.find('Code', one.id)).toBeUndefined();
  await expect(artefacts.put({ ...late, family })).rejects.toMatchObject({ code: 'core.family_ended' });
  expect(await artefacts.find('Code', late.id)).toBeUndefined();
});

test('of a kind with a cap so many wait from one place, and so many in all, exactly, however many come at once', async () => {
  const cap = (from: string | undefined) => ({ from, mostFrom: 5, mostInAll: 12 });
  const put = (from: string | undefined, id: string = crypto.randomUUID(), lastsSeconds = 60) =>
    artefacts.put({ kind: 'Question', id, payload: '{}', lastsSeconds, cap: cap(from) });
  const tooMany = { code: 'core.too_many_artefacts', kind: 'limited' };
  const atOnce = async (from: string | undefined) =>
    (await Promise.allSettled(Array.from({ length: 10 }, () => put(from)))).filter(({ status }) => status === 'fulfilled').length;

  expect(await atOnce('here')).toBe(5);
  await expect(put('here')).rejects.toMatchObject(tooMany);
  expect(await atOnce('there')).toBe(5);
  expect(await atOnce(undefined)).toBe(2);
  await expect(put('elsewhere')).rejects.toMatchObject(tooMany);
  expect(await house.database.rows(sql`select 1 from core.artefacts where kind = 'Question'`)).toHaveLength(12);

  house.advance(61_000);
  const [kept, again] = [crypto.randomUUID(), crypto.randomUUID()];
  await put('here', kept);
  await put('here', kept, 9_999); // somebody's yes: it is no more of those that wait, and stored anew it is no more than it was
  for (const id of [again, ...Array.from({ length: 4 }, () => crypto.randomUUID())]) await put('here', id);
  await put('here', again);
  await expect(put('here')).rejects.toMatchObject(tooMany);
});
