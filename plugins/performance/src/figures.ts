// Puts side by side what the workforce, the record and the shop know of agents.
import type { Context } from '@troupe-os/core';
import { governancePort, type RecordedWeek } from '@troupe-os/plugin-governance/contract';
import { marketplacePort, TOUCHED_TABLES, type Touch, type TouchedWeek } from '@troupe-os/plugin-marketplace/contract';
import { type WorkWeek, workforcePort } from '@troupe-os/plugin-workforce/contract';
import type { Figures } from './shapes.ts';

interface Asked {
  readonly agentIds: readonly string[];
  readonly from: Date;
  readonly to: Date;
  readonly brandId?: string | undefined;
}

export interface Known {
  /** Of an agent, or of all together; of a week by its Monday. */
  of(agentId: string | undefined, monday: string): Figures;
}

/** All that is known of these agents in these weeks. */
export async function readFigures(ctx: Context, { agentIds, from, to, brandId }: Asked): Promise<Known> {
  const [workforce, governance, shop] = [ctx.use(workforcePort), ctx.use(governancePort), ctx.use(marketplacePort)];
  const period = { from, to };
  const [work, recorded, made, handled] = await Promise.all([
    workforce.weeks({ agentIds, ...period }),
    governance.weeks({ actorIds: agentIds, ...period }),
    governance.changedRows({ actorIds: agentIds, tables: TOUCHED_TABLES.slice(1), to }),
    // an order is touched after it was placed, never before
    governance.changedRows({ actorIds: agentIds, tables: TOUCHED_TABLES.slice(0, 1), from, to: ctx.now }),
  ]);
  const touches: Touch[] = [...made, ...handled];
  const sold = await shop.revenueTouched({ touches, ...period, brandId });
  const seesCosts = workforce.seesCosts();

  return {
    of(agentId, monday) {
      const isThis = (one: { readonly week: string }, id: string) =>
        one.week === monday && (agentId === undefined || id === agentId);
      const figures = add(
        work.filter((one) => isThis(one, one.agentId)),
        recorded.filter((one) => isThis(one, one.actorId)),
      );
      return {
        ...figures,
        ...(seesCosts ? {} : { costMicroUsd: undefined }),
        ...(sold && { revenue: revenueIn(sold, agentId, monday) }),
      };
    },
  };
}

function add(work: readonly WorkWeek[], recorded: readonly RecordedWeek[]): Figures {
  const sum = (name: Exclude<keyof WorkWeek, 'agentId' | 'week' | 'costMicroUsd'>) =>
    work.reduce((total, one) => total + one[name], 0);
  const sumRecorded = (name: Exclude<keyof RecordedWeek, 'actorId' | 'week'>) =>
    recorded.reduce((total, one) => total + one[name], 0);
  const counts = {
    tasksDone: sum('tasksDone'),
    tasksFailed: sum('tasksFailed'),
    tasksOpen: sum('tasksOpen'),
    tasksTakenOver: sum('takenOver'),
    doneAlone: sum('doneAlone'),
    runs: sum('runs'),
    seconds: sum('seconds'),
    toolCalls: sum('toolCalls'),
    denied: sumRecorded('denied'),
    approvalsAsked: sumRecorded('asked'),
    approvalsGranted: sumRecorded('granted'),
    approvalsRefused: sumRecorded('refused'),
    approvalsExpired: sumRecorded('expired'),
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    costMicroUsd: work.reduce((total, one) => total + one.costMicroUsd, 0n),
  };
  return { ...counts, ...alone(counts) };
}

/** Routine work done without a person. */
export function alone({ doneAlone, tasksDone, tasksTakenOver }: Pick<Figures, 'doneAlone' | 'tasksDone' | 'tasksTakenOver'>) {
  const all = tasksDone + tasksTakenOver;
  return all === 0 ? {} : { alonePercent: Math.round((doneAlone / all) * 100) };
}

const revenueIn = (sold: readonly TouchedWeek[], agentId: string | undefined, monday: string) =>
  sold
    .filter((one) => one.actorId === agentId && one.week === monday)
    .map(({ unit, amount, orders }) => ({ unit, amount, orders }));
