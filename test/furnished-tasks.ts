// Tasks of a house in which something has happened already: none that an agent could begin by itself.
import type { Caller } from '@troupe-os/core/surface';
import { type Bare, CANARY, type Things } from './furnished-house.ts';

/** One that is a person's to do, one that failed, and one at which an agent works in a process that is not there. */
export async function tasks({ ask, owner, itself }: Bare, { agentId = '' }: Things): Promise<Things> {
  const give = async (more: object) =>
    (await ask('workforce.create-task', { title: CANARY, brief: CANARY, assigneeId: owner.principal.id, ...more })).taskId ?? '';
  const [ownTaskId, cancelledTaskId] = [await give({}), await give({})];
  const failedTaskId = await give({ dependsOn: [cancelledTaskId] });
  await ask('workforce.cancel-task', { taskId: cancelledTaskId });
  await ask('workforce.release-task', { taskId: failedTaskId }, itself('workforce.release-task'));
  const runningTaskId = await give({ assigneeId: agentId, mostAttempts: 1 });
  const taskRunner = crypto.randomUUID();
  await ask('workforce.claim-task', { runner: taskRunner }, itself('workforce.claim-task'));
  return { ownTaskId, failedTaskId, runningTaskId, taskRunner };
}

/** The agent at its task. */
export const workerIn = ({ owner }: Bare, { agentId = '', runningTaskId = '' }: Things): Caller => ({
  principal: { id: agentId, kind: 'agent', name: CANARY, credential: `task:${runningTaskId}` },
  onBehalfOf: owner.principal,
  tainted: false,
});
