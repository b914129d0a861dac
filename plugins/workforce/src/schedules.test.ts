import { createHmac } from 'node:crypto';
import { defineEvent, definePlugin } from '@troupe-os/core';
import { type Caller, service } from '@troupe-os/core/surface';
import { startTestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { cancelTask } from './actions/cancel-task.ts';
import { createSchedule } from './actions/create-schedule.ts';
import { fireSchedule } from './actions/fire-schedule.ts';
import { getTask } from './actions/get-task.ts';
import { listAgents } from './actions/list-agents.ts';
import { listDueTasks } from './actions/list-due-tasks.ts';
import { listSchedules } from './actions/list-schedules.ts';
import { listTasks } from './actions/list-tasks.ts';
import { pauseSchedule } from './actions/pause-schedule.ts';
import { receiveWebhook } from './actions/receive-webhook.ts';
import { removeSchedule } from './actions/remove-schedule.ts';
import { resumeSchedule } from './actions/resume-schedule.ts';
import { rotateWebhookSecret } from './actions/rotate-webhook-secret.ts';
import { updateSchedule } from './actions/update-schedule.ts';
import { nextSlot } from './cron.ts';
import { workforcePlugin } from './index.ts';

const bellRung = defineEvent({
  name: 'bells.bell-rung',
  subject: ({ bellId }) => bellId,
  schema: z.strictObject({ bellId: z.string(), tower: z.strictObject({ city: z.string(), height: z.int() }) }),
});
const bells = definePlugin({
  ...{ id: 'bells', version: '1.0.0', from: import.meta.url },
  ...{ permissions: {}, tables: {}, actions: [], events: [bellRung] },
});

const house = await startTestKernel([identityPlugin, workforcePlugin, bells]);
const { kernel, run, as, advance, deliver, guest } = house;
await kernel.seed({ rehearsal: false });
const itself: Caller = { principal: service('workforce'), tainted: false };
const admin = as({ id: crypto.randomUUID(), roles: ['admin'] });
const newEditor = () => as({ id: crypto.randomUUID(), roles: ['editor'] });
const agentId = (await run(admin, listAgents, {})).items[0]?.agentId ?? '';
const standing = (more: object = {}) => ({ title: 'Look', brief: 'Look around.', agentId, ...more });
const code = (error: string) => ({ code: error });
const tasksOf = async (scheduleId: string) => (await run(admin, listTasks, { whose: 'everybody', scheduleId, limit: 100 })).items;
const due = async (scheduleId: string) =>
  (await run(itself, listDueTasks, {})).schedules.find((one) => one.scheduleId === scheduleId);

test('a slot of the clock makes one task, though several find it due at once; those that nobody was there for make one together', async () => {
  const ann = newEditor();
  const { scheduleId, nextDueAt = '' } = await run(ann, createSchedule, standing({ cron: '*/10 * * * *' }));
  expect(await due(scheduleId)).toBeUndefined();
  const early = await run(itself, fireSchedule, { scheduleId, dueAt: nextDueAt });
  expect(early.taskId).toBeUndefined();
  advance(600_000);

  const found = await due(scheduleId);
  expect(found?.dueAt).toBe(nextDueAt);
  const fired = await Promise.all([1, 2, 3].map(() => run(itself, fireSchedule, { scheduleId, dueAt: nextDueAt })));
  expect(fired.filter(({ taskId }) => taskId)).toHaveLength(1);
  expect(await tasksOf(scheduleId)).toMatchObject([{ state: 'open', assigneeId: agentId, personId: ann.principal.id }]);

  const [made] = await tasksOf(scheduleId);
  const moved = await run(ann, listSchedules, {});
  advance(600_000); // its agent has not begun
  const next = moved.items[0]?.nextDueAt ?? '';
  expect(await run(itself, fireSchedule, { scheduleId, dueAt: next })).toEqual({ taskId: made?.taskId });
  expect(await tasksOf(scheduleId)).toHaveLength(1);
  await run(ann, cancelTask, { taskId: made?.taskId ?? '' });

  advance(24 * 3_600_000); // nobody was there for a day
  const late = await due(scheduleId);
  await run(itself, fireSchedule, { scheduleId, dueAt: late?.dueAt ?? '' });
  expect(await due(scheduleId)).toBeUndefined();
  expect(await tasksOf(scheduleId)).toHaveLength(2);
});

test('the clock is that of a time zone, over its changes to summer and back', () => {
  const at = (moment: string) => new Date(moment);
  const nine = { cron: '0 9 * * *', timeZone: 'Europe/Berlin' };
  expect(nextSlot(nine, at('2027-03-27T12:00:00Z'))).toEqual(at('2027-03-28T07:00:00Z'));
  expect(nextSlot(nine, at('2027-10-30T12:00:00Z'))).toEqual(at('2027-10-31T08:00:00Z'));
  expect(nextSlot({ ...nine, timeZone: 'UTC' }, at('2027-03-27T12:00:00Z'))).toEqual(at('2027-03-28T09:00:00Z'));
});

test.each([
  [{ cron: '* * * * * *' }, 'workforce.bad_cron'],
  [{ cron: '61 9 * * *' }, 'workforce.bad_cron'],
  [{ cron: '0 9 31 2 *' }, 'workforce.bad_cron'],
  [{ cron: '0 9 * * *', timeZone: 'Mars/Olympus' }, 'workforce.bad_time_zone'],
  [{ event: 'bells.bell-stolen' }, 'workforce.unknown_event'],
  [{ cron: '0 9 * * *', event: 'bells.bell-rung' }, 'core.invalid_input'],
  [{ filter: { bellId: 'x' } }, 'core.invalid_input'],
  [{ agentId: crypto.randomUUID() }, 'workforce.unknown_agent'],
])('is no schedule: %j', async (more, error) => {
  await expect(run(admin, createSchedule, standing(more))).rejects.toMatchObject(code(error));
});

test('an event makes one task of each schedule that waits for it, whatever else is told of the same thing', async () => {
  const event = 'bells.bell-rung';
  const every = await run(admin, createSchedule, standing({ event }));
  const high = await run(admin, createSchedule, standing({ event, filter: { 'tower.height': 60, 'tower.city': 'Riga' } }));
  await expect(run(newEditor(), createSchedule, standing({ event }))).rejects.toMatchObject(code('workforce.event_for_admins'));

  await deliver(bellRung, { bellId: 'one', tower: { city: 'Riga', height: 60 } });
  await deliver(bellRung, { bellId: 'one', tower: { city: 'Riga', height: 61 } });

  expect(await tasksOf(every.scheduleId)).toHaveLength(2);
  const [task] = await tasksOf(high.scheduleId);
  expect(await tasksOf(high.scheduleId)).toHaveLength(1);
  expect(await run(admin, getTask, { taskId: task?.taskId ?? '' })).toMatchObject({
    payload: 'bells.bell-rung of one',
    tainted: false,
  });

  await run(admin, pauseSchedule, { scheduleId: every.scheduleId });
  await deliver(bellRung, { bellId: 'two', tower: { city: 'Ulm', height: 161 } });
  expect(await tasksOf(every.scheduleId)).toHaveLength(2);
});

test('an event that nobody waits for leaves no row in the record', async () => {
  const rows = () => house.database.rows(sql`select cause from core.audit_entries where action = 'workforce.fire-triggers'`);
  const before = await rows();
  expect(before).toHaveLength(2);
  await deliver(bellRung, { bellId: 'three', tower: { city: 'Bonn', height: 1 } });
  expect(await rows()).toEqual(before);
});

test('whoever changes a schedule answers for it; others do not see it, and no agent touches it', async () => {
  const [ann, ben] = [newEditor(), newEditor()];
  const { scheduleId } = await run(ann, createSchedule, standing({ cron: '0 9 * * *' }));

  expect((await run(ben, listSchedules, {})).items).toEqual([]);
  await expect(run(ben, removeSchedule, { scheduleId })).rejects.toMatchObject(code('workforce.unknown_schedule'));
  await expect(run(ann, updateSchedule, { scheduleId, filter: { a: 1 } })).rejects.toMatchObject(code('workforce.other_kind'));
  const agent = as({ id: agentId, kind: 'agent', roles: ['editor'], onBehalfOf: { id: ann.principal.id, roles: ['editor'] } });
  await expect(run(agent, updateSchedule, { scheduleId, brief: 'Obey.' })).rejects.toMatchObject(code('core.denied'));
  expect(await run(admin, updateSchedule, { scheduleId, brief: 'Look twice.' })).toMatchObject({ personId: admin.principal.id });
  await expect(run(ann, updateSchedule, { scheduleId, brief: 'Mine.' })).rejects.toMatchObject(
    code('workforce.unknown_schedule'),
  );
  await run(admin, removeSchedule, { scheduleId });
  await expect(run(admin, resumeSchedule, { scheduleId })).rejects.toMatchObject(code('workforce.unknown_schedule'));
});

test('a schedule that was paused makes up for nothing', async () => {
  const ann = newEditor();
  const { scheduleId } = await run(ann, createSchedule, standing({ cron: '0 * * * *' }));
  await run(ann, pauseSchedule, { scheduleId });
  advance(7_200_000);
  expect(await due(scheduleId)).toBeUndefined();
  await run(ann, resumeSchedule, { scheduleId });
  expect(await due(scheduleId)).toBeUndefined();
  expect(Date.parse((await run(ann, listSchedules, {})).items[0]?.nextDueAt ?? '')).toBeGreaterThan(+house.now());
});

/** A message as its sender signs it, at a moment of the house. */
function signed(
  scheduleId: string,
  secret: string,
  { body = '{"stars":5}', secondsAgo = 0, webhookId = crypto.randomUUID() as string } = {},
) {
  const timestamp = String(Math.floor(+house.now() / 1000) - secondsAgo);
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = `v1,${createHmac('sha256', key).update(`${webhookId}.${timestamp}.${body}`).digest('base64')}`;
  return { scheduleId, webhookId, timestamp, signature, body };
}

test('a signed call from outside makes one task, which is tainted, however often the same message comes', async () => {
  const ann = newEditor();
  const { scheduleId, secret = '' } = await run(ann, createSchedule, standing());
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(JSON.stringify(await run(ann, listSchedules, {}))).not.toContain('whsec_');
  const message = signed(scheduleId, secret);

  const first = await run(guest, receiveWebhook, { ...message, signature: `v1,b3RoZXI= ${message.signature}` });
  const again = await run(guest, receiveWebhook, signed(scheduleId, secret, message));

  expect(again).toEqual(first);
  expect(await tasksOf(scheduleId)).toHaveLength(1);
  expect(await run(ann, getTask, first)).toMatchObject({ payload: message.body, tainted: true, personId: ann.principal.id });
});

test('a call from outside is refused that is not signed so, that is old, or whose webhook rests', async () => {
  const ann = newEditor();
  const { scheduleId, secret = '' } = await run(ann, createSchedule, standing());
  const refused = (message: ReturnType<typeof signed>) => expect(run(guest, receiveWebhook, message)).rejects;

  await refused({ ...signed(scheduleId, secret), body: '{"stars":1}' }).toMatchObject(code('workforce.bad_signature'));
  await refused({ ...signed(scheduleId, secret), webhookId: 'another' }).toMatchObject(code('workforce.bad_signature'));
  await refused(signed(crypto.randomUUID(), secret)).toMatchObject(code('workforce.bad_signature'));
  await refused(signed(scheduleId, 'whsec_YS1ndWVzcw==')).toMatchObject(code('workforce.bad_signature'));
  await refused(signed(scheduleId, secret, { secondsAgo: 301 })).toMatchObject(code('workforce.webhook_too_old'));
  await refused(signed(scheduleId, secret, { secondsAgo: -302 })).toMatchObject(code('workforce.webhook_too_old'));
  await refused(signed(scheduleId, secret, { body: 'x'.repeat(32_769) })).toMatchObject(code('core.invalid_input'));
  await run(ann, pauseSchedule, { scheduleId });
  await refused(signed(scheduleId, secret)).toMatchObject(code('workforce.schedule_paused'));
  await run(ann, resumeSchedule, { scheduleId });
  await expect(run(admin, rotateWebhookSecret, { scheduleId })).rejects.toMatchObject(code('workforce.not_your_schedule'));
  const { secret: next } = await run(ann, rotateWebhookSecret, { scheduleId });
  await refused(signed(scheduleId, secret)).toMatchObject(code('workforce.bad_signature'));
  expect(await tasksOf(scheduleId)).toEqual([]);

  await run(guest, receiveWebhook, signed(scheduleId, next));
  expect(await tasksOf(scheduleId)).toHaveLength(1);
});

test('whoever takes a webhook over takes its callers off it: the secret before works no more', async () => {
  const ann = newEditor();
  const { scheduleId, secret = '' } = await run(ann, createSchedule, standing());
  await run(ann, updateSchedule, { scheduleId, priority: 2 });
  await run(guest, receiveWebhook, signed(scheduleId, secret));
  await run(admin, updateSchedule, { scheduleId, priority: 1 });

  const late = run(guest, receiveWebhook, signed(scheduleId, secret));
  await expect(late).rejects.toMatchObject(code('workforce.bad_signature'));
  const { secret: next } = await run(admin, rotateWebhookSecret, { scheduleId });
  const { taskId } = await run(guest, receiveWebhook, signed(scheduleId, next));
  expect(await run(admin, getTask, { taskId })).toMatchObject({ personId: admin.principal.id });
});

test('a slot that is due stays due when the words change, and is set anew with the clock', async () => {
  const ann = newEditor();
  const { scheduleId, nextDueAt } = await run(ann, createSchedule, standing({ cron: '*/10 * * * *' }));
  advance(600_000);
  await run(ann, updateSchedule, { scheduleId, title: 'Look well' });
  expect(await due(scheduleId)).toMatchObject({ dueAt: nextDueAt });
  await run(ann, updateSchedule, { scheduleId, timeZone: 'Europe/Berlin' });
  expect(await due(scheduleId)).toBeUndefined();
});
