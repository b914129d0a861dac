import { ClientError } from '@troupe-os/core/client';
import type { Api } from '#lib/server/api.ts';
import { assigneesFrom, momentOf } from '#lib/server/assignees.ts';
import { done } from '#lib/server/done.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds, mayEnter } from '#lib/server/me.ts';
import { actorsOf, namesFrom } from '#lib/server/names.ts';
import { notYet } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

/** Of a long conversation the last uses of tools are shown. */
const MOST_USES = 50;

export const load: PageServerLoad = async ({ locals, params: { taskId } }) => {
  const me = await assertMayEnter(locals, 'tasks');
  const { api } = locals;
  const task = await api.workforce.getTask({ taskId });
  const [actors, dependsOn, children, parent, used] = await Promise.all([
    actorsOf(locals),
    Promise.all(task.dependsOn.map((other) => titled(api, other))),
    Promise.all(task.children.map((other) => titled(api, other))),
    task.parentId ? titled(api, { taskId: task.parentId }) : undefined,
    task.conversationId ? toolsUsedIn(api, task.conversationId) : undefined,
  ]);
  return {
    task,
    dependsOn,
    children,
    parent,
    used: used?.slice(-MOST_USES),
    names: { ...namesFrom(actors), [me.id]: `${me.name} (you)` },
    assignees: assigneesFrom(actors, me),
    isMine: task.personId === me.id,
    isMyWork: task.assigneeKind === 'person' && task.assigneeId === me.id,
    maySeeCalls: mayEnter(me, 'audit'),
    maySeeSchedules: mayEnter(me, 'schedules'),
    maySeeAgents: holds(me, 'workforce.agent.read'),
  };
};

/** Another task with its title, as far as one may see it. */
async function titled<Other extends { readonly taskId: string }>(api: Api, other: Other) {
  const task = await unlessHidden(api.workforce.getTask({ taskId: other.taskId }));
  return { ...other, title: task?.title };
}

/** What its agent did, in the order in which it was done. */
async function toolsUsedIn(api: Api, conversationId: string) {
  const conversation = await unlessHidden(api.workforce.getConversation({ conversationId, limit: 100 }));
  return conversation?.messages.flatMap(({ messageId, createdAt, tool }) =>
    tool ? [{ messageId, createdAt, ...tool, input: undefined }] : [],
  );
}

async function unlessHidden<Output>(asked: Promise<Output>): Promise<Output | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ClientError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

export const actions: Actions = {
  assign: async ({ request, locals, params: { taskId } }) => {
    const form = await request.formData();
    const [assigneeId, priority, due] = [textOf(form, 'assignee'), textOf(form, 'priority'), textOf(form, 'due')];
    const dueAt = momentOf(due);
    if (due && !dueAt) return notYet('That is no day and time.', {});
    return done('Changed.', () =>
      locals.api.workforce.updateTask({
        taskId,
        ...(assigneeId ? { assigneeId } : {}),
        ...(priority ? { priority: Number(priority) } : {}),
        ...(dueAt ? { dueAt } : {}),
      }),
    );
  },
  retry: ({ locals, params: { taskId } }) =>
    done('It is tried again.', () => locals.api.workforce.retryTask({ taskId }, { key: crypto.randomUUID() })),
  cancel: ({ locals, params: { taskId } }) =>
    done('Cancelled, with all that was handed over in it.', () => locals.api.workforce.cancelTask({ taskId })),
  finish: async ({ request, locals, params: { taskId } }) => {
    const form = await request.formData();
    const [output, outcome] = [textOf(form, 'output'), textOf(form, 'outcome') === 'failed' ? 'failed' : 'done'] as const;
    if (!output) return notYet('Say what came of it.', {});
    return done('Kept.', () => locals.api.workforce.finishTask({ taskId, outcome, output }), { output });
  },
};
