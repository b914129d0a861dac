import { asOwner, asOwnerInCall } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startWatchedHouse } from '../testing/watched.ts';

const house = await startWatchedHouse();
const { ask, look } = house;
const of = async (rule: string, subject: string) => (await look()).filter((one) => one.rule === rule && one.subject === subject);
const from = (address: string) => ({ ...house.guest, address });
const refusedTimes = async (times: number, call: () => Promise<unknown>) => {
  for (let n = 0; n < times; n++) await expect(call()).rejects.toThrow();
};
const bringIn = () =>
  asOwner(house.database, sql`update core.denials set minute = minute - interval '2 minutes'`).then(() =>
    house.database.rows(sql`select core.flush_denials()`),
  );
const knocks = (address: string, times: number) => refusedTimes(times, () => ask('governance.list-rules', {}, from(address)));
const wrongPassword = (address: string, email: string) => () =>
  ask('identity.sign-in', { email, password: 'a wrong guess' }, from(address));
const recordCall = (call: Record<string, string>) => {
  const usual = { kind: 'action', cause: 'cli', plugin: 'diary', plugin_version: '0', effect: 'write', actor: 'local-operator' };
  const ids = { call_id: crypto.randomUUID(), request_id: 'test', trace_id: '', digest: '' };
  return house.database.rows(
    sql`select core.record_call(${JSON.stringify({ ...usual, ...ids, tainted: false, ...call })}::jsonb, '{}')`,
  );
};

test('a burst of refusals opens one incident, which Owners are told of once; more of them raise its count', async () => {
  await knocks('203.0.113.5', 29);
  await bringIn();
  const subject = 'address:203.0.113.5/32';
  expect(await of('denial-burst', subject)).toEqual([]);
  await knocks('203.0.113.5', 3);
  await bringIn();
  const [first] = await of('denial-burst', subject);
  expect(first).toMatchObject({ state: 'open', severity: 'medium', count: 32, summary: expect.stringContaining('32 times') });
  await knocks('203.0.113.5', 4);
  await bringIn();
  expect(await of('denial-burst', subject)).toMatchObject([{ incidentId: first?.incidentId, count: 36 }]);
  const letters = (await house.letters()).filter(({ text }) => text.includes(subject));
  expect(letters).toHaveLength(1);
  expect(letters[0]?.subject).toBe('Incident: denial-burst');
  const [told] = await house.database.rows<{ count: string }>(
    sql`select count(*) from core.outbox where name = 'governance.incident-opened' and subject = ${first?.incidentId}`,
  );
  expect(Number(told?.count)).toBe(1);
});

test('failed sign-ins open one for the address and one for the account', async () => {
  const email = `${crypto.randomUUID()}@people.test`;
  await refusedTimes(5, wrongPassword('198.51.100.1', email));
  await refusedTimes(5, wrongPassword('198.51.100.2', email));
  const found = (await look()).filter(({ rule }) => rule === 'failed-sign-ins');
  expect(found).toMatchObject([{ subject: expect.stringMatching(/^account:[0-9a-f]{32}$/), count: 10 }]);
  await refusedTimes(5, wrongPassword('198.51.100.2', 'another@people.test'));
  expect(await of('failed-sign-ins', 'address:198.51.100.2/32')).toHaveLength(1);
});

test('a sign-in from a network or a program that somebody never used is told, their first is not', async () => {
  const { personId } = await house.person('viewer');
  const subject = `actor:${personId}`;
  const signIn = async (address: string, device: string) => {
    const { link } = await ask('identity.create-link', { personId });
    await ask('identity.redeem-link', { link, device }, from(address));
    return (await of('new-place', subject))[0]?.count ?? 0;
  };
  expect(await signIn('203.0.113.10', 'Firefox')).toBe(0);
  expect(await signIn('203.0.113.99', 'Firefox')).toBe(0); // the same network
  expect(await signIn('198.51.100.10', 'Firefox')).toBe(1);
  expect(await signIn('198.51.100.10', 'Lynx')).toBe(2);
  expect(await signIn('203.0.113.10', 'Lynx')).toBe(2);
  const kept = JSON.stringify(await house.database.rows(sql`select * from governance.places`));
  expect(kept).not.toMatch(/203\.0|198\.51|Firefox/);
});

test('a switch that is used and a record that was changed are incidents at once, counted once', async () => {
  await ask('governance.switch-off', { kind: 'action', target: 'diary.write', reason: 'It went wild.' });
  await recordCall({ action: 'core.verify-audit', plugin: 'core', effect: 'read', outcome: 'failed', error: 'seal.tampered' });
  const found = await look();
  expect(found).toContainEqual(expect.objectContaining({ rule: 'kill-switch', subject: 'action:diary.write' }));
  expect(found).toContainEqual(expect.objectContaining({ rule: 'tampering', subject: 'record', count: 1 }));
  expect((await of('tampering', 'record'))[0]?.count).toBe(1); // looked at once
});

test('an incident is acknowledged, then resolved with words, and is closed from then on: what comes next is a new one', async () => {
  const admin = await house.person('admin');
  const viewer = await house.person('viewer');
  await knocks('203.0.113.77', 30);
  await bringIn();
  const [incident] = await of('denial-burst', 'address:203.0.113.77/32');
  const { incidentId } = incident ?? { incidentId: '' };
  const as = (action: string, input = {}, caller = admin.caller) => ask(`governance.${action}`, { incidentId, ...input }, caller);
  const state = { code: 'governance.incident_state' };

  await expect(as('get-incident', {}, viewer.caller)).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(as('resolve-incident', { resolution: 'x' })).rejects.toMatchObject(state);
  await expect(as('assign-incident', { personId: viewer.personId })).rejects.toMatchObject({
    code: 'governance.cannot_be_assigned',
  });
  await as('assign-incident', { personId: admin.personId });
  await as('acknowledge-incident');
  await expect(as('acknowledge-incident')).rejects.toMatchObject(state);
  await as('note-incident', { text: 'A script of ours.' });
  await as('resolve-incident', { resolution: 'The script was mended.' });
  for (const [action, input] of [
    ['acknowledge-incident', {}],
    ['assign-incident', { personId: admin.personId }],
    ['resolve-incident', { resolution: 'again' }],
  ] as const)
    await expect(as(action, input)).rejects.toMatchObject(state);
  expect(await as('get-incident')).toMatchObject({
    state: 'resolved',
    assignee: admin.personId,
    resolution: 'The script was mended.',
    notes: [{ author: admin.personId, text: 'A script of ours.' }],
  });
  await knocks('203.0.113.77', 2);
  await bringIn();
  expect((await of('denial-burst', 'address:203.0.113.77/32')).map((one) => one.state)).toEqual(['open', 'resolved']);
});

test('who reaches a limit is told of at once, each by themselves', async () => {
  await recordCall({ action: 'diary.write', actor: 'eager', outcome: 'denied', error: 'governance.limit_reached' });
  await recordCall({
    action: 'diary.write',
    actor: 'guest',
    address: '203.0.113.8',
    outcome: 'denied',
    error: 'core.too_many_calls',
  });
  await recordCall({ action: 'diary.write', actor: 'calm', outcome: 'denied', error: 'core.unknown_action' });
  const found = (await look()).filter(({ rule }) => rule === 'limit-hit');
  expect(found.map(({ subject, count }) => [subject, count]).sort()).toEqual([
    ['actor:eager', 1],
    ['address:203.0.113.8/32', 1],
  ]);
});

test('the database itself holds to the states, and neither deletes nor rewrites what was found', async () => {
  await ask('governance.switch-off', { kind: 'action', target: 'diary.read', reason: 'x' });
  const resolved = sql`update governance.incidents set state = 'resolved', resolved_by = 'eve', resolved_at = now(), resolution = 'x' where state = 'open'`;
  const tries: [ReturnType<typeof sql>, RegExp][] = [
    [resolved, /does not go from open to resolved/],
    [sql`update governance.incidents set subject = 'somebody else'`, /is refused/],
    [sql`update governance.incidents set count = 0`, /does not go from/],
    [sql`delete from governance.incidents`, /is refused/],
  ];
  for (const [attempt, by] of tries) await expect(asOwnerInCall(house.database, attempt)).rejects.toThrow(by);
});

test('rows that wait for their seal for five minutes are told once, where something seals', async () => {
  const found = async () => (await look()).filter(({ rule }) => rule === 'seal-failing');
  house.advance(6 * 60_000);
  expect(await found()).toEqual([]); // nothing seals here
  await asOwner(
    house.database,
    sql`insert into core.seal_keys (origin, verifier) values ('house.test', 'house.test+00000000+none')`,
  );
  expect(await found()).toMatchObject([{ subject: 'record', count: 1 }]);
  expect(await found()).toMatchObject([{ count: 1 }]);
});
