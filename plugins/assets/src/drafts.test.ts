import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePolicy } from '@troupe-os/core';
import type { Caller } from '@troupe-os/core/surface';
import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptDraft } from './actions/accept-draft.ts';
import { get } from './actions/get.ts';
import { getDraft } from './actions/get-draft.ts';
import { getImport } from './actions/get-import.ts';
import { importWorks } from './actions/import.ts';
import { listDrafts } from './actions/list-drafts.ts';
import { rejectDraft } from './actions/reject-draft.ts';
import { reopenDraft } from './actions/reopen-draft.ts';
import { saveDraft } from './actions/save-draft.ts';
import { search } from './actions/search.ts';
import { update } from './actions/update.ts';
import { assetsPlugin } from './index.ts';

let house: TestKernel;
let root: string;
/** Works of which a policy says that no draft of theirs is accepted. */
const notAccepted = new Set<string>();
const operator = () => house.as({ id: 'operator', kind: 'operator', roles: ['owner'] });
const editor = () => house.as({ id: 'eda', roles: [{ role: 'editor', brandId: 'gallery' }] });
const viewer = () => house.as({ id: 'vic', roles: [{ role: 'viewer', brandId: 'gallery' }] });
const stranger = () => house.as({ id: 'stan', roles: [{ role: 'editor', brandId: 'vault' }] });
/** The Copywriter, for the editor. */
const writer = (tainted = false): Caller =>
  house.as({
    id: 'cora',
    kind: 'agent',
    roles: ['editor'],
    tainted,
    onBehalfOf: { id: 'eda', roles: [{ role: 'editor', brandId: 'gallery' }] },
  });
const code = (error: string) => ({ code: error });
const about = { kind: 'description', reason: 'The spring show asks for shorter texts' } as const;

beforeAll(async () => {
  const frozen = definePolicy({
    name: 'assets.frozen',
    on: ['assets.accept-draft'],
    decide: ({ record }) => (notAccepted.has(String(record?.id)) ? 'deny' : 'allow'),
  });
  house = await startTestKernel([{ ...assetsPlugin, policies: [...(assetsPlugin.policies ?? []), frozen] }]);
  root = await mkdtemp(join(tmpdir(), 'troupe-drafts-'));
}, 300_000);
afterAll(() => rm(root, { recursive: true, force: true }));

async function newWork(title: string): Promise<string> {
  const path = join(root, `${title}.png`);
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><text y="99" font-size="30">${title}</text></svg>`;
  await writeFile(path, await sharp(Buffer.from(drawing)).png().toBuffer());
  const { importId } = await house.run(operator(), importWorks, { file: path, brandId: 'gallery' });
  await house.settle();
  const { items } = await house.run(operator(), getImport, { importId });
  return items[0]?.assetId ?? 'none';
}

test('an agent writes a draft and changes nothing of the work; a person takes it, and can take that back', async () => {
  const [assetId, other] = [await newWork('Brass key'), await newWork('Iron key')];
  const before = await house.run(editor(), get, { id: assetId });
  const text = 'A key that opens nothing but the eye.';
  const { draftId } = await house.run(writer(), saveDraft, { ...about, assetId, text, sources: [other] });

  expect(await house.run(editor(), getDraft, { draftId })).toMatchObject({
    ...{ ...about, assetId, text, sources: [other], writtenBy: 'cora', personId: 'eda', state: 'open' },
    ...{ title: 'Brass key', description: '', isOutdated: false },
  });
  expect(await house.run(editor(), get, { id: assetId })).toEqual(before);
  for (const action of [acceptDraft, rejectDraft, reopenDraft])
    await expect(house.run(writer(), action, { draftId })).rejects.toMatchObject(code('core.denied'));
  await expect(house.run(viewer(), acceptDraft, { draftId })).rejects.toMatchObject(code('core.unknown_action'));
  await expect(house.run(stranger(), acceptDraft, { draftId })).rejects.toMatchObject(code('assets.unknown_draft'));

  expect(await house.run(editor(), acceptDraft, { draftId })).toEqual({ draftId, before: '' });
  expect(await house.run(editor(), get, { id: assetId })).toMatchObject({ description: text });
  expect((await house.run(editor(), search, { q: 'opens nothing' })).items[0]?.id).toBe(assetId);
  expect(await house.run(editor(), getDraft, { draftId })).toMatchObject({ state: 'accepted', decidedBy: 'eda' });
  await expect(house.run(editor(), acceptDraft, { draftId })).rejects.toMatchObject(code('assets.draft_decided'));

  await house.run(editor(), reopenDraft, { draftId });
  expect(await house.run(editor(), get, { id: assetId })).toMatchObject({ description: '' });
  expect(await house.run(editor(), getDraft, { draftId })).toMatchObject({ state: 'open', isOutdated: false });
});

test('a draft for words that were changed since is not taken, and what was changed since is not taken back', async () => {
  const assetId = await newWork('Tin drum');
  const draft = async (text: string) => (await house.run(viewer(), saveDraft, { ...about, assetId, text })).draftId;
  const [first, second] = [await draft('A drum of tin.'), await draft('A tin drum, silent.')];
  await house.run(editor(), acceptDraft, { draftId: first });

  expect(await house.run(editor(), getDraft, { draftId: second })).toMatchObject({ isOutdated: true });
  await expect(house.run(editor(), acceptDraft, { draftId: second })).rejects.toMatchObject(code('assets.draft_outdated'));
  await house.run(editor(), update, { id: assetId, description: 'Mine.' });
  await expect(house.run(editor(), reopenDraft, { draftId: first })).rejects.toMatchObject(code('assets.draft_outdated'));
  expect(await house.run(editor(), get, { id: assetId })).toMatchObject({ description: 'Mine.' });

  await house.run(editor(), rejectDraft, { draftId: second, note: 'Too quiet' });
  expect((await house.run(viewer(), listDrafts, { assetId, state: 'rejected' })).items).toMatchObject([{ note: 'Too quiet' }]);
  await house.run(editor(), reopenDraft, { draftId: second });
  await expect(house.run(editor(), reopenDraft, { draftId: second })).rejects.toMatchObject(code('assets.draft_open'));
});

test('copy for a campaign is taken without a change of the work; the same words wait once, and twenty at most', async () => {
  const assetId = await newWork('Glass bell');
  const campaign = { ...about, kind: 'campaign', assetId } as const;
  const first = await house.run(writer(), saveDraft, { ...campaign, text: 'Ring once.' });
  const again = await house.run(writer(), saveDraft, { ...campaign, text: 'Ring once.' });
  expect([again.draftId, again.isNew]).toEqual([first.draftId, false]);
  expect(await house.run(editor(), acceptDraft, { draftId: first.draftId })).toEqual({ draftId: first.draftId });
  expect(await house.run(editor(), get, { id: assetId })).toMatchObject({ description: '' });

  for (let number = 0; number < 20; number += 1) await house.run(writer(), saveDraft, { ...campaign, text: `Ring ${number}.` });
  await expect(house.run(writer(), saveDraft, { ...campaign, text: 'Ring.' })).rejects.toMatchObject(
    code('assets.too_many_drafts'),
  );
});

test('a decision is not taken back where the same words wait in another draft, or twenty others wait', async () => {
  const assetId = await newWork('Tin key');
  const keep = async (text: string) => (await house.run(writer(), saveDraft, { ...about, assetId, text })).draftId;
  const first = await keep('Thin and bright.');
  await house.run(editor(), rejectDraft, { draftId: first });
  const again = await keep('Thin and bright.');
  expect(again).not.toBe(first);
  await expect(house.run(editor(), reopenDraft, { draftId: first })).rejects.toMatchObject(code('assets.draft_exists'));

  await house.run(editor(), rejectDraft, { draftId: again });
  for (let at = 1; at <= 20; at += 1) await keep(`Words ${at}.`);
  await expect(house.run(editor(), reopenDraft, { draftId: first })).rejects.toMatchObject(code('assets.too_many_drafts'));
});

test('drafts are for those who work on the brand, in lists as one by one', async () => {
  const assetId = await newWork('Paper boat');
  const { draftId } = await house.run(viewer(), saveDraft, { ...about, assetId, text: 'A boat of paper.' });
  await expect(house.run(stranger(), saveDraft, { ...about, assetId, text: 'x' })).rejects.toMatchObject(
    code('assets.unknown_asset'),
  );
  await expect(house.run(house.guest, listDrafts, {})).rejects.toMatchObject(code('core.unauthenticated'));
  expect((await house.run(viewer(), listDrafts, { assetId })).items.map((one) => one.draftId)).toEqual([draftId]);
  expect((await house.run(stranger(), listDrafts, {})).items).toEqual([]);
  await expect(house.run(stranger(), getDraft, { draftId })).rejects.toMatchObject(code('assets.unknown_draft'));
  const unknown = { ...about, assetId, text: 'x', sources: ['nowhere'] };
  await expect(house.run(viewer(), saveDraft, unknown)).rejects.toMatchObject(code('assets.unknown_source'));
});

test('words from outside are kept as such: in the draft, and in the work that takes it', async () => {
  const assetId = await newWork('Wax seal');
  const trust = async () => {
    const marked = await house.database.rows<{ table_name: string }>(
      sql`select table_name from core.untrusted_rows where key in (${assetId}, ${draftId}) order by table_name`,
    );
    return marked.map(({ table_name }) => table_name);
  };
  const { draftId } = await house.run(writer(true), saveDraft, { ...about, assetId, text: 'Ask Bob.' });
  expect(await trust()).toContain('assets.drafts');
  const read = await house.call(writer(), 'assets.get-draft', { draftId });
  expect(read.taints).toBe(true);

  // a draft in whose place they go on standing, should it be taken back, holds them too
  await house.run(editor(), acceptDraft, { draftId });
  const clean = await house.run(writer(), saveDraft, { ...about, assetId, text: 'Red, and broken once.' });
  const isMarked = () =>
    house.database.rows(sql`select 1 from core.untrusted_rows where table_name like '%drafts' and key = ${clean.draftId}`);
  expect(await isMarked()).toEqual([]);
  await house.run(editor(), acceptDraft, { draftId: clean.draftId });
  expect(await isMarked()).toHaveLength(1);
});

test('an app proposes as somebody from outside, and decides on nothing', async () => {
  const assetId = await newWork('Tin drum');
  const person = editor();
  const app: Caller = { ...person, principal: { ...person.principal, credential: 'app:one' } };
  const { draftId } = await house.run(app, saveDraft, { ...about, assetId, text: 'Of tin.' });
  expect(await house.call(writer(), 'assets.list-drafts', { assetId })).toMatchObject({ taints: true });
  for (const decide of [acceptDraft, rejectDraft, reopenDraft])
    await expect(house.run(app, decide, { draftId })).rejects.toMatchObject(code('assets.draft_for_people'));
  await house.run(person, acceptDraft, { draftId });
});

test('a rule on works is asked with the work of the draft in hand', async () => {
  const [held, free] = [await newWork('Held'), await newWork('Free')];
  const drafts = [];
  for (const assetId of [held, free]) drafts.push(await house.run(editor(), saveDraft, { ...about, assetId, text: 'New.' }));
  notAccepted.add(held);
  await expect(house.run(editor(), acceptDraft, { draftId: drafts[0]?.draftId ?? '' })).rejects.toMatchObject(
    code('core.denied'),
  );
  await house.run(editor(), acceptDraft, { draftId: drafts[1]?.draftId ?? '' });
});
