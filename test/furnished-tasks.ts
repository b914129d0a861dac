// Tasks of a house in which something has happened already: none that an agent could begin by itself.
import { createHmac } from 'node:crypto';
import type { Caller } from '@troupe-os/core/surface';
import type { Bare, Things } from './furnished-house.ts';

/** One that is a person's to do, one that failed, and one at which an agent works in a process that is not there. */
export async function tasks({ ask, owner, itself }: Bare, { agentId = '' }: Things, words: string): Promise<Things> {
  const give = async (more: object) =>
    (await ask('workforce.create-task', { title: words, brief: words, assigneeId: owner.principal.id, ...more })).taskId ?? '';
  const [ownTaskId, cancelledTaskId] = [await give({}), await give({})];
  const failedTaskId = await give({ dependsOn: [cancelledTaskId] });
  await ask('workforce.cancel-task', { taskId: cancelledTaskId });
  await ask('workforce.release-task', { taskId: failedTaskId }, itself('workforce.release-task'));
  const runningTaskId = await give({ assigneeId: agentId, mostAttempts: 1 });
  const taskRunner = crypto.randomUUID();
  await ask('workforce.claim-task', { runner: taskRunner }, itself('workforce.claim-task'));
  const standing = { title: words, brief: words, agentId };
  const { scheduleId = '' } = await ask('workforce.create-schedule', { ...standing, cron: '0 9 1 1 *' });
  const { scheduleId: webhookScheduleId = '', secret: webhookSecret = '' } = await ask('workforce.create-schedule', standing);
  return { ownTaskId, failedTaskId, runningTaskId, taskRunner, scheduleId, webhookScheduleId, webhookSecret };
}

/** A call of the webhook, as Standard Webhooks says. */
export function signedCall({ webhookScheduleId, webhookSecret = '' }: Things) {
  const [webhookId, timestamp, body] = [crypto.randomUUID(), String(Math.floor(Date.now() / 1000)), '{"stars":5}'];
  const key = Buffer.from(webhookSecret.replace('whsec_', ''), 'base64');
  const signature = `v1,${createHmac('sha256', key).update(`${webhookId}.${timestamp}.${body}`).digest('base64')}`;
  return { scheduleId: webhookScheduleId, webhookId, timestamp, signature, body };
}

/** The agent at its task. */
export const workerIn = ({ owner }: Bare, { agentId = '', runningTaskId = '' }: Things): Caller => ({
  principal: { id: agentId, kind: 'agent', name: 'agent', credential: `task:${runningTaskId}` },
  onBehalfOf: owner.principal,
  tainted: false,
});
