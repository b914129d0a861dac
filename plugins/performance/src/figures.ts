// Puts side by side what the workforce, the record and the shop know of agents.
import type { Context } from '@troupe-os/core';
import { governancePort, type RecordedWeek } from '@troupe-os/plugin-governance/contract';
import { marketplacePort, TOUCHED, type Touch, type TouchedWeek } from '@troupe-os/plugin-marketplace/contract';
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
  const [workforce, governance] = [ctx.use(workforcePort), ctx.use(governancePort)];
  const period = { from, to };
  const [work, recorded, sold] = await Promise.all([
    workforce.weeks({ agentIds, ...period }),
    governance.weeks({ actorIds: agentIds, ...period }),
    revenueOf(ctx, { agentIds, ...period, brandId }),
  ]);
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

/** Of what was sold in this time, and nothing else, is asked who touched it. Undefined where the caller reads no orders. */
async function revenueOf(ctx: Context, { agentIds, from, to, brandId }: Asked): Promise<TouchedWeek[] | undefined> {
  const [governance, shop] = [ctx.use(governancePort), ctx.use(marketplacePort)];
  const sold = await shop.soldKeys({ from, to, brandId });
  if (!sold) return undefined;
  const [handled, ...made] = await Promise.all([
    // an order is touched after it was placed, never before
    governance.changedRows({ actorIds: agentIds, rows: [{ table: TOUCHED.orders, keys: sold.orders }], to: ctx.now }),
    governance.changedRows({ actorIds: agentIds, rows: [{ table: TOUCHED.listings, keys: sold.listings }], to }),
    governance.changedRows({ actorIds: agentIds, rows: [{ table: TOUCHED.products, keys: sold.products }], to }),
  ]);
  const touches: Touch[] = [handled, ...made].flat();
  return shop.revenueTouched({ touches, from, to, brandId });
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
