import type { Api } from '#lib/server/api.ts';
import { done } from '#lib/server/done.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds, mayEnter } from '#lib/server/me.ts';
import { actorsOf, namesFrom } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

const PAGE = 20;

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'schedules');
  const cursor = url.searchParams.get('cursor');
  const maySeeAll = holds(me, 'workforce.task.manage-all');
  const whose = maySeeAll && url.searchParams.get('whose') !== 'mine' ? 'everybody' : 'mine';
  const [{ items, nextCursor }, actors] = await Promise.all([
    locals.api.workforce.listSchedules({ whose, limit: PAGE, ...(cursor ? { cursor } : {}) }),
    actorsOf(locals),
  ]);
  const mayRead = mayEnter(me, 'tasks');
  return {
    schedules: await Promise.all(
      items.map(async (schedule) => ({
        ...schedule,
        last: mayRead && schedule.lastFiredAt ? await lastTask(locals.api, schedule.scheduleId, whose) : undefined,
      })),
    ),
    nextCursor,
    maySeeAll,
    whose,
    ownId: me.id,
    names: { ...namesFrom(actors), [me.id]: `${me.name} (you)` },
    agents: actors
      .filter(({ kind, isActive }) => kind === 'agent' && isActive)
      .map(({ id, name }) => ({ value: id, label: name })),
  };
};

async function lastTask(api: Api, scheduleId: string, whose: 'mine' | 'everybody') {
  const { items } = await api.workforce.listTasks({ scheduleId, whose, limit: 1 });
  return items[0] && { taskId: items[0].taskId, state: items[0].state, at: items[0].createdAt };
}

export const actions: Actions = {
  add: async ({ request, locals }) => {
    const form = await request.formData();
    const field = (name: string) => textOf(form, name);
    const kept = {
      ...{ title: field('title'), brief: field('brief'), agent: field('agent'), kind: field('kind') },
      ...{ cron: field('cron'), timeZone: field('timeZone'), event: field('event') },
    };
    const { title, brief, agent: agentId, kind, cron, timeZone, event } = kept;
    if (!title || !brief || !agentId) return notYet('Say what is to be done, and by whom.', kept);
    if (kind === 'cron' && !cron) return notYet('Say when, like 0 9 * * 1-5 for nine o’clock on weekdays.', kept);
    if (kind === 'event' && !event) return notYet('Say which event sets it off.', kept);
    const when = kind === 'cron' ? { cron, ...(timeZone ? { timeZone } : {}) } : kind === 'event' ? { event } : {};
    try {
      const made = await locals.api.workforce.createSchedule({ title, brief, agentId, ...when });
      return { done: `Set up: ${title}.`, ...(made.secret ? { webhook: { secret: made.secret, path: made.path ?? '' } } : {}) };
    } catch (error) {
      return refusal(error, kept);
    }
  },
  pause: async ({ request, locals }) => {
    const scheduleId = textOf(await request.formData(), 'schedule') ?? '';
    return done('Paused: it makes no more tasks until somebody resumes it.', () =>
      locals.api.workforce.pauseSchedule({ scheduleId }),
    );
  },
  resume: async ({ request, locals }) => {
    const scheduleId = textOf(await request.formData(), 'schedule') ?? '';
    return done('Resumed. What came meanwhile is not made up for.', () => locals.api.workforce.resumeSchedule({ scheduleId }));
  },
  remove: async ({ request, locals }) => {
    const scheduleId = textOf(await request.formData(), 'schedule') ?? '';
    return done('Removed. Tasks that it has made stay.', () => locals.api.workforce.removeSchedule({ scheduleId }));
  },
  secret: async ({ request, locals }) => {
    const scheduleId = textOf(await request.formData(), 'schedule') ?? '';
    try {
      const { secret } = await locals.api.workforce.rotateWebhookSecret({ scheduleId });
      return { done: 'The secret before it works no more.', webhook: { secret, path: `/hooks/${scheduleId}` } };
    } catch (error) {
      return refusal(error, {});
    }
  },
};
