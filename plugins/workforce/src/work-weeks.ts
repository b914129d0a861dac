// What agents did, added up by weeks for other plugins. Weeks are UTC's and begin on Mondays.
import { type Context, holds, rowsOf } from '@troupe-os/core';
import { asc, eq, type SQL, sql } from 'drizzle-orm';
import { agentOf } from './agents.ts';
import type { WorkforcePort, WorkWeek } from './contract.ts';
import { agents, messages, runs, steps, tasks } from './schema.ts';

interface Period {
  readonly agentIds: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

export function workOf(ctx: Context): WorkforcePort {
  return {
    async agents(agentId) {
      if (!holds(ctx.actor.rights, 'workforce.agent.read')) return [];
      if (agentId !== undefined) await agentOf(ctx, agentId);
      return ctx.db
        .select({ agentId: agents.id, name: agents.name, createdAt: agents.createdAt })
        .from(agents)
        .where(agentId === undefined ? undefined : eq(agents.id, agentId))
        .orderBy(asc(agents.createdAt), asc(agents.id));
    },
    weeks: (of) => workByWeek(ctx, of),
    seesCosts: () => holds(ctx.actor.rights, 'workforce.budget.read'),
  };
}

const NOTHING = {
  runs: 0,
  seconds: 0,
  toolCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  costMicroUsd: 0n,
  tasksDone: 0,
  tasksFailed: 0,
  doneAlone: 0,
  takenOver: 0,
  tasksOpen: 0,
};

type Part = Partial<WorkWeek> & Pick<WorkWeek, 'agentId' | 'week'>;

async function workByWeek(ctx: Context, period: Period): Promise<WorkWeek[]> {
  if (period.agentIds.length === 0) return [];
  const parts = await Promise.all(
    [runsByWeek, tokensByWeek, toolsByWeek, endsByWeek, takeoversByWeek, openByWeek].map((part) => part(ctx, period)),
  );
  const weeks = Map.groupBy(parts.flat(), ({ agentId, week }) => `${agentId} ${week}`);
  return [...weeks.values()].map((all) => Object.assign({ ...NOTHING }, ...all) as WorkWeek);
}

const weekOf = (moment: SQL | typeof runs.createdAt) =>
  sql<string>`to_char(date_trunc('week', ${moment} at time zone 'UTC'), 'YYYY-MM-DD')`;

const within = (moment: SQL | typeof runs.createdAt, { from, to }: Period) =>
  sql`${moment} >= ${from.toISOString()}::timestamptz and ${moment} < ${to.toISOString()}::timestamptz`;

async function runsByWeek(ctx: Context, period: Period): Promise<Part[]> {
  const rows = await rowsOf<Part & { cost: string }>(
    ctx.db,
    sql`select ${runs.agentId} as "agentId", ${weekOf(runs.createdAt)} as week, count(*)::int as runs,
      coalesce(round(sum(extract(epoch from ${runs.finishedAt} - ${runs.createdAt}))), 0)::float8 as seconds,
      sum(${runs.costMicroUsd})::text as cost
    from ${runs} where ${runs.agentId} in ${[...period.agentIds]} and ${within(runs.createdAt, period)} group by 1, 2`,
  );
  return rows.map(({ cost, ...row }) => ({ ...row, costMicroUsd: BigInt(cost) }));
}

const tokensByWeek = (ctx: Context, period: Period) =>
  rowsOf<Part>(
    ctx.db,
    sql`select ${runs.agentId} as "agentId", ${weekOf(runs.createdAt)} as week,
      coalesce(sum(${steps.inputTokens}), 0)::float8 as "inputTokens", coalesce(sum(${steps.outputTokens}), 0)::float8 as "outputTokens"
    from ${runs} join ${steps} on ${steps.runId} = ${runs.id}
    where ${runs.agentId} in ${[...period.agentIds]} and ${within(runs.createdAt, period)} group by 1, 2`,
  );

const toolsByWeek = (ctx: Context, period: Period) =>
  rowsOf<Part>(
    ctx.db,
    sql`select ${messages.authorId} as "agentId", ${weekOf(sql`${messages.createdAt}`)} as week, count(*)::int as "toolCalls"
    from ${messages} where ${messages.authorKind} = 'tool' and ${messages.authorId} in ${[...period.agentIds]}
      and ${within(sql`${messages.createdAt}`, period)} group by 1, 2`,
  );

/** A yes is asked for by a tool, and a person's word is every one of theirs but the first, which is the task itself. */
const endsByWeek = (ctx: Context, period: Period) =>
  rowsOf<Part>(
    ctx.db,
    sql`select t.assignee_id as "agentId", ${weekOf(sql`t.finished_at`)} as week,
      count(*) filter (where t.state = 'done')::int as "tasksDone", count(*) filter (where t.state = 'failed')::int as "tasksFailed",
      count(*) filter (where t.state = 'done' and t.interventions = 0 and not exists (
        select from ${messages} m where m.conversation_id = t.conversation_id
          and (m.tool_approval_id is not null or (m.author_kind = 'person' and m.sequence > 1))
      ))::int as "doneAlone"
    from ${tasks} t
    where t.assignee_id in ${[...period.agentIds]} and ${within(sql`t.finished_at`, period)} and t.state in ('done', 'failed')
    group by 1, 2`,
  );

/** Of several agents the one that was at it last. */
const takeoversByWeek = (ctx: Context, period: Period) =>
  rowsOf<Part>(
    ctx.db,
    sql`select last.agent_id as "agentId", ${weekOf(sql`t.finished_at`)} as week, count(*)::int as "takenOver"
    from ${tasks} t cross join lateral (
      select r.agent_id from ${runs} r where r.task_id = t.id order by r.created_at desc, r.id limit 1) last
    where t.assignee_kind = 'person' and t.state = 'done' and t.interventions > 0 and ${within(sql`t.finished_at`, period)}
      and last.agent_id in ${[...period.agentIds]}
    group by 1, 2`,
  );

const openByWeek = (ctx: Context, period: Period) =>
  rowsOf<Part>(
    ctx.db,
    sql`select t.assignee_id as "agentId", ${weekOf(sql`w.monday`)} as week, count(*)::int as "tasksOpen"
    from generate_series(${period.from.toISOString()}::timestamptz, ${period.to.toISOString()}::timestamptz - interval '168 hours',
      interval '168 hours') as w (monday)
    join ${tasks} t on t.created_at < w.monday + interval '168 hours'
      and (t.finished_at is null or t.finished_at >= w.monday + interval '168 hours')
    where t.assignee_id in ${[...period.agentIds]} and (t.finished_at is null or t.finished_at >= ${period.from.toISOString()}::timestamptz)
    group by 1, 2`,
  );
