import { budgetsLeft } from '#lib/server/budgets.ts';
import { done } from '#lib/server/done.ts';
import { assertMayEnter, holds, mayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { unlessOff } from '#lib/server/unless-off.ts';
import type { Actions, PageServerLoad } from './$types';

const WEEKS = 8;

export const load: PageServerLoad = async ({ locals, params: { agentId } }) => {
  const me = await assertMayEnter(locals, 'agents');
  const { api } = locals;
  const [agent, budgets, performance] = await Promise.all([
    api.workforce.getAgent({ agentId }),
    holds(me, 'workforce.budget.read') ? api.workforce.listBudgets({}) : undefined,
    holds(me, 'performance.week.read') ? unlessOff(api.performance.getWeeks({ agentId, weeks: WEEKS })) : undefined,
  ]);
  return {
    agent,
    budget: budgets && budgetsLeft(budgets.items, agentId),
    weeks: performance?.items,
    alonePercent: performance?.alonePercent,
    mayManage: holds(me, 'workforce.agent.manage'),
    maySeeTasks: mayEnter(me, 'tasks'),
    maySeeRecord: mayEnter(me, 'audit'),
    names: await namesOf(locals, [agent.responsibleId]),
  };
};

export const actions: Actions = {
  pause: ({ locals, params: { agentId } }) =>
    done('Paused: it answers nobody, and its tasks wait.', () =>
      locals.api.workforce.updateAgent({ agentId, state: 'paused' }, { key: crypto.randomUUID() }),
    ),
  resume: ({ locals, params: { agentId } }) =>
    done('It works again.', () => locals.api.workforce.updateAgent({ agentId, state: 'active' }, { key: crypto.randomUUID() })),
};
