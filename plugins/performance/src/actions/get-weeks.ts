import { defineAction, moment } from '@troupe-os/core';
import { workforcePort } from '@troupe-os/plugin-workforce/contract';
import { z } from 'zod';
import { driftOf } from '../drift.ts';
import { alone, readFigures } from '../figures.ts';
import { drift, figures } from '../shapes.ts';
import { weeksUpTo } from '../weeks.ts';

const inWeek = {
  week: z.string().describe('As ISO 8601 numbers it, in UTC, e.g. "2026-W48".'),
  figures,
  drift: drift
    .optional()
    .describe(
      'What has changed since the week before; none where the agent was not there yet. What is missing in it is as it was.',
    ),
};

export const getWeeks = defineAction({
  name: 'performance.get-weeks',
  title: 'Performance of agents by week',
  description:
    'Says of each agent and week what it did: tasks done, failed and open, time, tool calls, refusals, approvals, tokens, cost, revenue of orders that it touched, the share of routine work done without a person, and what changed since the week before. `all` says it of all agents together. The last week is under way.',
  effect: 'read',
  risk: 'low',
  permission: 'performance.week.read',
  input: z.strictObject({
    agentId: z.uuid().optional().describe('Only this agent.'),
    weeks: z.int().min(1).max(26).default(4).describe('How many weeks, the one under way included.'),
    brandId: z.string().max(100).optional().describe('Revenue of this brand alone; other figures know no brands.'),
  }),
  output: z.strictObject({
    items: z
      .array(z.strictObject({ agentId: z.uuid(), agentName: z.string(), ...inWeek }))
      .describe(
        'The agents in the order of their ages, of each the oldest week first; weeks before an agent was there are left out.',
      ),
    all: z
      .array(z.strictObject({ from: moment.describe('Monday, 0:00 UTC.'), ...inWeek }))
      .describe('All these agents together, by week. An order that several touched counts once.'),
    alonePercent: z
      .int()
      .optional()
      .describe('Routine work done without a person in all these weeks: of the tasks done and taken over, in percent.'),
  }),
  async handler(ctx, { agentId, weeks: count, brandId }) {
    await ctx.assertBrand(brandId);
    const agents = await ctx.use(workforcePort).agents(agentId);
    const [before, ...weeks] = weeksUpTo(ctx.now, count + 1);
    const last = weeks.at(-1);
    if (!before || !last) return { items: [], all: [] };
    const agentIds = agents.map((agent) => agent.agentId);
    const known = await readFigures(ctx, { agentIds, from: before.from, to: last.to, brandId });

    const rowsOf = (id: string | undefined, since: Date | undefined) =>
      weeks.flatMap(({ name, from, to, monday }, place) => {
        if (since && since >= to) return [];
        const now = known.of(id, monday);
        const previous = place === 0 ? before : weeks[place - 1];
        const wasThere = previous && since && since < previous.to;
        return [{ week: name, from, figures: now, ...(wasThere && { drift: driftOf(now, known.of(id, previous.monday)) }) }];
      });
    const oldest = agents[0]?.createdAt;
    const all = oldest ? rowsOf(undefined, oldest) : [];
    const sum = (name: 'doneAlone' | 'tasksDone' | 'tasksTakenOver') => all.reduce((total, one) => total + one.figures[name], 0);
    return {
      items: agents.flatMap(({ agentId: id, name, createdAt }) =>
        rowsOf(id, createdAt).map(({ from: _, ...row }) => ({ agentId: id, agentName: name, ...row })),
      ),
      all,
      ...alone({ doneAlone: sum('doneAlone'), tasksDone: sum('tasksDone'), tasksTakenOver: sum('tasksTakenOver') }),
    };
  },
});
