import { redirect } from '@sveltejs/kit';
import { assigneesFrom, momentOf } from '#lib/server/assignees.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { actorsOf, namesFrom } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';
import { TASK_STATES, TASK_WORDS } from './states.ts';

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'tasks');
  const text = (name: string) => url.searchParams.get(name)?.trim() || undefined;
  const state = TASK_STATES.find((one) => one === text('state'));
  const maySeeAll = holds(me, 'workforce.task.manage-all');
  const whose = maySeeAll && text('whose') !== 'mine' ? 'everybody' : 'mine';
  const [assigneeId, cursor] = [text('assignee'), text('cursor')];
  const [{ items, nextCursor }, actors] = await Promise.all([
    locals.api.workforce.listTasks({
      whose,
      limit: 50,
      ...(state ? { state } : {}),
      ...(assigneeId ? { assigneeId } : {}),
      ...(cursor ? { cursor } : {}),
    }),
    actorsOf(locals),
  ]);
  const assignees = assigneesFrom(actors, me);
  return {
    tasks: items,
    nextCursor,
    maySeeAll,
    names: { ...namesFrom(actors), [me.id]: `${me.name} (you)` },
    filter: { state: state ?? '', assignee: assigneeId ?? '', whose },
    states: TASK_STATES.map((value) => ({ value, label: TASK_WORDS[value] })),
    assignees,
  };
};

export const actions: Actions = {
  give: async ({ request, locals }) => {
    const form = await request.formData();
    const field = (name: string) => textOf(form, name);
    const kept = {
      title: field('title'),
      brief: field('brief'),
      assignee: field('assignee'),
      priority: field('priority'),
      due: field('due'),
    };
    const { title, brief, assignee: assigneeId } = kept;
    if (!title || !brief || !assigneeId) return notYet('Say what is to be done, and who does it.', kept);
    const dueAt = momentOf(kept.due);
    if (kept.due && !dueAt) return notYet('That is no day and time.', kept);
    let taskId: string;
    try {
      const task = { title, brief, assigneeId, priority: Number(kept.priority ?? 3), ...(dueAt ? { dueAt } : {}) };
      ({ taskId } = await locals.api.workforce.createTask(task));
    } catch (error) {
      return refusal(error, kept);
    }
    redirect(303, `/console/tasks/${taskId}`);
  },
};
