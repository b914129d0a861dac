import { asOwnerInCall } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { startWatchedHouse } from '../testing/watched.ts';
import type { itemShape } from './access-reviews.ts';

type Item = typeof itemShape._output;

const house = await startWatchedHouse();
const { ask, look } = house;
const admin = await house.person('admin');
const owner = await house.person('owner');
const as = (who: { caller: Parameters<typeof ask>[2] }, action: string, input = {}) =>
  ask(`governance.${action}`, input, who.caller);
const DAY_MS = 24 * 3_600_000;
let reviewId = '';

const itemsOf = async (input = {}) =>
  (await as(admin, 'get-access-review', { reviewId, limit: 100, ...input })).items as unknown as Item[];
const itemOf = async (actorId: string, kind = 'role') => {
  const found = (await itemsOf({ actorId })).find((item) => item.kind === kind);
  if (!found) throw new Error(`no ${kind} of ${actorId} is under review`);
  return found;
};
const decide = (who: typeof admin, { itemId }: { itemId: string }, action = 'certify-access') =>
  as(who, action, { itemId, note: 'Looked at.' });
/** Each by somebody whom it does not belong to. */
const finish = async () => {
  for (const item of await itemsOf({ state: 'open' })) await decide(item.actorId === owner.personId ? admin : owner, item);
};

/** A review of its own for each test; what a test leaves open is finished first. */
beforeEach(async () => {
  if (reviewId) await finish();
  reviewId = '';
});
const start = async () => {
  reviewId = String((await as(admin, 'start-access-review', { title: 'Autumn' })).reviewId);
};

test('a review of nothing is not started: nobody could close it', async () => {
  const apps = as(admin, 'start-access-review', { title: 'Apps', kinds: ['app'] });
  await expect(apps).rejects.toMatchObject({ code: 'governance.nothing_held' });
});

test('a review lists roles, tokens and apps: since when, granted by whom, and last used', async () => {
  const ann = await house.person('editor');
  const made = await ask('identity.create-token', { name: 'For a script' }, ann.caller);
  const allowed = { clientId: 'c', clientName: 'Reader', clientHost: 'reader.test', resource: 'https://house.test/mcp', days: 7 };
  const { appId } = await ask('identity.allow-app', { ...allowed, scopes: ['identity.department.read'] }, ann.caller);
  await start();
  const before = await itemsOf({ actorId: ann.personId });
  expect(before.map(({ kind }) => kind).sort()).toEqual(['app', 'role', 'token']);
  const [role, token, app] = ['role', 'token', 'app'].map((kind) => before.find((item) => item.kind === kind));
  expect(role).toMatchObject({
    what: 'editor',
    grantedBy: 'local-operator',
    actorName: 'Somebody',
    lastUsed: expect.any(String),
  });
  expect(token).toMatchObject({ accessId: made.tokenId, what: made.prefix, grantedBy: ann.personId, state: 'open' });
  expect(app).toMatchObject({ accessId: appId, what: 'Reader (reader.test)', scopes: ['identity.department.read'] });
  expect([token, app].map((item) => item && 'lastUsed' in item)).toEqual([false, false]);

  const principal = await house.kernel.authenticate({ type: 'token', secret: String(made.token) });
  await ask('identity.create-token', { name: 'For another' }, { principal, tainted: false });
  await expect(
    ask('governance.list-rules', {}, { principal: { ...principal, credential: `app:${appId}` }, tainted: false }),
  ).rejects.toThrow();
  expect((await itemOf(ann.personId, 'token')).lastUsed).toEqual(expect.any(String));
  expect(await itemOf(ann.personId, 'app')).not.toHaveProperty('lastUsed'); // a refusal is no use
});

test('what is taken away is gone at once, by the rights of identity', async () => {
  const ann = await house.person('editor');
  const made = await ask('identity.create-token', { name: 'For a script' }, ann.caller);
  const use = () => house.kernel.authenticate({ type: 'token', secret: String(made.token) });
  await start();
  await use();
  expect(await decide(admin, await itemOf(ann.personId, 'token'), 'revoke-access')).toMatchObject({
    state: 'revoked',
    reviewClosed: false,
  });
  await expect(use()).rejects.toMatchObject({ code: 'core.bad_credentials' });

  await expect(decide(admin, await itemOf(owner.personId), 'revoke-access')).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
  expect((await itemOf(owner.personId)).state).toBe('open');
  await decide(owner, await itemOf(ann.personId), 'revoke-access');
  const { items } = await ask('identity.list-people', { limit: 100 });
  const found = (items as { personId: string; roles: unknown[] }[]).find(({ personId }) => personId === ann.personId);
  expect(found?.roles).toEqual([]);
});

test('what is held no more when somebody decides is gone, whatever they wanted', async () => {
  const ann = await house.person('viewer');
  await start();
  await ask('identity.revoke-role', { personId: ann.personId, role: 'viewer' });
  expect(await decide(admin, await itemOf(ann.personId))).toMatchObject({ state: 'gone' });
});

test('nobody decides about what is their own or in their hands, and nobody twice', async () => {
  const { actorId } = await ask('identity.create-token', { name: 'A robot', role: 'viewer' }, admin.caller);
  await start();
  const own = { code: 'governance.own_access' };
  await expect(decide(admin, await itemOf(admin.personId))).rejects.toMatchObject(own);
  await expect(decide(admin, await itemOf(String(actorId)))).rejects.toMatchObject(own);
  await expect(decide(admin, await itemOf(String(actorId), 'token'), 'revoke-access')).rejects.toMatchObject(own);
  const robot = await itemOf(String(actorId));
  await decide(owner, robot);
  await expect(decide(owner, robot, 'revoke-access')).rejects.toMatchObject({ code: 'governance.access_state' });
  await expect(decide({ personId: '', caller: house.operator }, robot)).rejects.toMatchObject({
    code: 'governance.signed_in_only',
  });
});

test('one review of a name is open at a time, and the last decision closes it', async () => {
  await start();
  await expect(as(owner, 'start-access-review', { title: 'Autumn' })).rejects.toMatchObject({ code: 'governance.review_open' });
  await finish();
  const review = await as(admin, 'get-access-review', { reviewId });
  expect(review).toMatchObject({ closedAt: expect.any(String), counts: { open: 0 } });
  const { items } = await as(admin, 'list-access-reviews');
  expect(items).toContainEqual(expect.objectContaining({ reviewId, closedAt: expect.any(String) }));
});

test('a review can be about roles, tokens or apps alone', async () => {
  const ann = await house.person('editor');
  await ask('identity.create-token', { name: 'For a script' }, ann.caller);
  reviewId = String((await as(admin, 'start-access-review', { title: 'Tokens', kinds: ['token'] })).reviewId);
  expect(new Set((await itemsOf()).map(({ kind }) => kind))).toEqual(new Set(['token']));
});

test('a review says which items whoever looks may decide, exactly those that they can, and how many there are', async () => {
  await ask('identity.create-token', { name: 'A robot', role: 'viewer' }, admin.caller);
  const watching = { caller: { ...admin.caller, principal: { ...admin.caller.principal, credential: 'token:x' } } };
  await start();
  const open = await itemsOf();
  const mine = open.filter(({ mayDecide }) => mayDecide);
  for (const { itemId, mayDecide } of open.filter((one) => !mine.includes(one)))
    await expect(decide(admin, { itemId }), String(mayDecide)).rejects.toMatchObject({ code: 'governance.own_access' });
  const listed = async (who: Parameters<typeof as>[0]) =>
    ((await as(who, 'list-access-reviews')).items as { reviewId: string }[]).find((one) => one.reviewId === reviewId);
  const counts = { open: open.length, kept: 0, revoked: 0, gone: 0 };
  expect(await listed(admin)).toMatchObject({ counts, mayDecide: mine.length });
  expect(await listed(watching)).toMatchObject({ counts, mayDecide: 0 });
  for (const item of mine) await decide(admin, item);
  expect(await listed(admin)).toMatchObject({ counts: { kept: mine.length }, mayDecide: 0 });
});

test('an Auditor reads reviews and decides nothing, and pages follow one another', async () => {
  const { personId: id } = await house.person('viewer');
  await ask('identity.grant-role', { personId: id, role: 'auditor' });
  // nobody opens a session for an Auditor but themselves
  const principal = { id: String(id), kind: 'user' as const, name: 'Auditor', credential: 'session:own' };
  const auditor = { personId: id, caller: { principal, tainted: false } };
  await start();
  const first = await as(auditor, 'get-access-review', { reviewId, limit: 1 });
  const second = await as(auditor, 'get-access-review', { reviewId, limit: 1, cursor: first.nextCursor });
  expect(second.items).not.toEqual(first.items);
  const unknown = { code: 'core.unknown_action' };
  await expect(decide(auditor, await itemOf(admin.personId))).rejects.toMatchObject(unknown);
  await expect(as(auditor, 'start-access-review', { title: 'Mine' })).rejects.toMatchObject(unknown);
});

test('the database itself holds to all of it', async () => {
  await start();
  const own = await itemOf(admin.personId);
  const decided = (by: string) => sql`set state = 'kept', decided_by = ${by}, decided_at = now(), note = 'x'`;
  const refused = (attempt: ReturnType<typeof sql>, by: RegExp) =>
    expect(asOwnerInCall(house.database, attempt)).rejects.toThrow(by);
  await refused(sql`update governance.access_items ${decided(admin.personId)} where id = ${own.itemId}`, /access_of_another/);
  await refused(sql`update governance.access_items set what = 'owner' where id = ${own.itemId}`, /decided once/);
  await refused(sql`update governance.access_items set state = 'kept' where id = ${own.itemId}`, /access_decided/);
  await refused(sql`update governance.access_reviews set closed_at = now() where id = ${reviewId}`, /not to be closed/);
  await refused(sql`delete from governance.access_items`, /is refused/);
  await refused(sql`delete from governance.access_reviews`, /is refused/);
  await finish();
  await refused(sql`update governance.access_items set note = 'y' where id = ${own.itemId}`, /decided once/);
  await refused(sql`update governance.access_reviews set closed_at = null where id = ${reviewId}`, /or was/);
  const late = sql`insert into governance.access_items (id, review_id, kind, access_id, actor_id, what, granted_by, since, hands)
    values (gen_random_uuid(), ${reviewId}, 'role', gen_random_uuid(), 'eve', 'owner', 'eve', now(), '{}')`;
  await refused(late, /is closed/);
});

test('a review that is not finished after 30 days opens an incident, once in 30 days', async () => {
  await start();
  const found = async () => (await look()).filter(({ rule }) => rule === 'review-overdue');
  house.advance(29 * DAY_MS);
  expect(await found()).toEqual([]);
  house.advance(2 * DAY_MS);
  expect(await found()).toMatchObject([{ subject: `review:${reviewId}`, count: 1 }]);
  expect(await found()).toMatchObject([{ count: 1 }]);
});
