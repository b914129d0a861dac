import { budgetsLeft } from '#lib/server/budgets.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { unlessOff } from '#lib/server/unless-off.ts';
import type { PageServerLoad } from './$types';

const WEEKS = 4;
const STATES = ['active', 'paused'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'agents');
  const { api } = locals;
  const cursor = url.searchParams.get('cursor');
  const state = STATES.find((one) => one === url.searchParams.get('state'));
  const [{ items, nextCursor }, budgets, performance] = await Promise.all([
    api.workforce.listAgents({ limit: 50, ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) }),
    holds(me, 'workforce.budget.read') ? api.workforce.listBudgets({}) : undefined,
    holds(me, 'performance.week.read') ? unlessOff(api.performance.getWeeks({ weeks: WEEKS })) : undefined,
  ]);
  const week = performance?.all.at(-1)?.week;
  return {
    agents: items.map((agent) => ({
      ...agent,
      budget: budgets && budgetsLeft(budgets.items, agent.agentId),
      figures: performance?.items.find((one) => one.agentId === agent.agentId && one.week === week)?.figures,
    })),
    nextCursor,
    budgets: budgets !== undefined,
    performance: performance && { all: performance.all, alonePercent: performance.alonePercent },
    weeks: WEEKS,
    filter: { state: state ?? '' },
    states: STATES.map((value) => ({ value, label: value })),
    names: await namesOf(
      locals,
      items.map(({ responsibleId }) => responsibleId),
    ),
  };
};
