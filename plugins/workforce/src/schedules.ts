// Standing tasks: what sets them off, and that it does so once.
import { type Context, holds, onAny, type ToldEvent } from '@troupe-os/core';
import { and, asc, eq, lte, ne, notExists, type SQL } from 'drizzle-orm';
import { agentOf } from './agents.ts';
import { nextSlot } from './cron.ts';
import { workforceErrors } from './errors.ts';
import { runs, schedules, tasks } from './schema.ts';
import { newRow, TASKS_ALL } from './tasks.ts';

export type Schedule = typeof schedules.$inferSelect;

const MOST_ATTEMPTS = 3;

export interface NewSchedule {
  readonly title: string;
  readonly brief: string;
  readonly agentId: string;
  readonly priority: number;
  readonly cron?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly event?: string | undefined;
  readonly filter?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** Whoever sets it answers for it. Errors: workforce.unknown_agent, workforce.bad_cron, workforce.bad_time_zone, workforce.unknown_event, workforce.event_for_admins. */
export async function addSchedule(ctx: Context, { cron, timeZone, event, filter, ...about }: NewSchedule): Promise<Schedule> {
  await agentOf(ctx, about.agentId);
  if (event !== undefined) assertHears(ctx, event);
  const clock = cron === undefined ? undefined : { cron, timeZone: timeZone ?? 'UTC' };
  const [added] = await ctx.db
    .insert(schedules)
    .values({
      id: crypto.randomUUID(),
      ...about,
      ...responsible(ctx),
      kind: clock ? 'cron' : event === undefined ? 'webhook' : 'event',
      ...clock,
      event: event ?? null,
      filter: JSON.stringify(filter ?? {}),
      state: 'active',
      nextDueAt: clock ? nextSlot(clock, ctx.now) : null,
      createdAt: ctx.now,
      updatedAt: ctx.now,
    })
    .returning();
  if (!added) throw workforceErrors.unknown_schedule();
  return added;
}

const responsible = ({ actor, mandate }: Context) => ({ personId: actor.id, personName: actor.name, mandate });

/** What an event tells is not cut to anybody's rights. */
function assertHears(ctx: Context, event: string): void {
  if (!holds(ctx.actor.rights, TASKS_ALL)) throw workforceErrors.event_for_admins();
  if (!ctx.catalogue.events.includes(event)) throw workforceErrors.unknown_event({ event, known: ctx.catalogue.events });
}

type ScheduleChange = { readonly [Key in Exclude<keyof NewSchedule, 'event'>]?: NewSchedule[Key] | undefined };

/** Whoever changes what it does answers for it from then on: nobody's rights are used for another one's words. */
export async function updateSchedule(
  ctx: Context,
  scheduleId: string,
  { cron, timeZone, filter, ...about }: ScheduleChange,
): Promise<Schedule> {
  const schedule = await changeableSchedule(ctx, scheduleId);
  if (about.agentId !== undefined) await agentOf(ctx, about.agentId);
  if ((cron ?? timeZone) !== undefined && schedule.kind !== 'cron') throw workforceErrors.other_kind({ kind: schedule.kind });
  if (filter !== undefined && schedule.kind !== 'event') throw workforceErrors.other_kind({ kind: schedule.kind });
  if (schedule.event !== null) assertHears(ctx, schedule.event);
  const clock = { cron: cron ?? schedule.cron, timeZone: timeZone ?? schedule.timeZone };
  const said = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined));
  return change(ctx, scheduleId, {
    ...said,
    ...responsible(ctx),
    ...clock,
    ...(filter === undefined ? {} : { filter: JSON.stringify(filter) }),
    // a slot that is due is not lost with a new title
    ...(schedule.state === 'active' && (cron ?? timeZone) !== undefined ? { nextDueAt: dueAfter(clock, ctx.now) } : {}),
    // whoever has the secret was let in by the one before
    ...(schedule.kind === 'webhook' && schedule.personId !== ctx.actor.id ? { secretNumber: schedule.secretNumber + 1 } : {}),
  });
}

const dueAfter = ({ cron, timeZone }: Pick<Schedule, 'cron' | 'timeZone'>, now: Date) =>
  cron === null || timeZone === null ? null : nextSlot({ cron, timeZone }, now);

/** What came while it was paused is not made up for. */
export async function setState(ctx: Context, scheduleId: string, state: Schedule['state']): Promise<Schedule> {
  const schedule = await changeableSchedule(ctx, scheduleId);
  if (state === 'active' && schedule.event !== null) assertHears(ctx, schedule.event);
  return change(ctx, scheduleId, { state, nextDueAt: state === 'active' ? dueAfter(schedule, ctx.now) : null });
}

/** Of a schedule that may be removed already. */
export async function pause(ctx: Context, scheduleId: string): Promise<void> {
  await ctx.db
    .update(schedules)
    .set({ state: 'paused', nextDueAt: null, updatedAt: ctx.now })
    .where(and(eq(schedules.id, scheduleId), eq(schedules.state, 'active')));
}

async function change(ctx: Context, scheduleId: string, to: Partial<Schedule>): Promise<Schedule> {
  const [changed] = await ctx.db
    .update(schedules)
    .set({ ...to, updatedAt: ctx.now })
    .where(eq(schedules.id, scheduleId))
    .returning();
  if (!changed) throw workforceErrors.unknown_schedule();
  return changed;
}

/** Those that somebody answers for, and with the right to it everybody's. */
export const theirSchedules = ({ actor }: Context): SQL | undefined =>
  and(ne(schedules.state, 'removed'), holds(actor.rights, TASKS_ALL) ? undefined : eq(schedules.personId, actor.id));

/** Locked. Errors: workforce.unknown_schedule. */
export async function changeableSchedule(ctx: Context, scheduleId: string): Promise<Schedule> {
  const [schedule] = await ctx.db
    .select()
    .from(schedules)
    .where(and(eq(schedules.id, scheduleId), theirSchedules(ctx)))
    .for('update');
  if (!schedule) throw workforceErrors.unknown_schedule();
  return schedule;
}

/** A new secret; the one before it works no more. Errors: workforce.not_your_schedule, workforce.not_a_webhook. */
export async function nextSecret(ctx: Context, scheduleId: string): Promise<Schedule> {
  const { kind, personId, secretNumber } = await changeableSchedule(ctx, scheduleId);
  if (kind !== 'webhook') throw workforceErrors.not_a_webhook();
  if (personId !== ctx.actor.id) throw workforceErrors.not_your_schedule();
  return change(ctx, scheduleId, { secretNumber: secretNumber + 1 });
}

export interface SetOff {
  /** What it may happen for once: a moment, an event, a message. */
  readonly slot: string;
  readonly payload?: string;
  readonly tainted: boolean;
  /** So many schedules have set each other off before. */
  readonly chain?: number;
}

/** A slot makes one task, however often and wherever it is said: its id. */
export async function fire(ctx: Context, schedule: Schedule, { slot, payload, tainted, chain = 0 }: SetOff): Promise<string> {
  const { title, brief, agentId, priority, personId, personName, mandate } = schedule;
  const giver = { personId, mandate, createdBy: personId, createdByName: personName, tainted };
  const about = { title, brief, assigneeKind: 'agent' as const, assigneeId: agentId, priority, mostAttempts: MOST_ATTEMPTS };
  const [made] = await ctx.db
    .insert(tasks)
    .values({ ...newRow(ctx, giver), ...about, scheduleId: schedule.id, slot, payload: payload ?? null, chain })
    .onConflictDoNothing()
    .returning({ id: tasks.id });
  if (made) {
    await ctx.db.update(schedules).set({ lastFiredAt: ctx.now }).where(eq(schedules.id, schedule.id));
    return made.id;
  }
  const [known] = await ctx.db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.scheduleId, schedule.id), eq(tasks.slot, slot)));
  if (!known) throw workforceErrors.unknown_task();
  return known.id;
}

/** By the clock, those whose moment has come. */
export const dueSchedules = (ctx: Context, limit: number) =>
  ctx.db
    .select({ scheduleId: schedules.id, dueAt: schedules.nextDueAt })
    .from(schedules)
    .where(lte(schedules.nextDueAt, ctx.now))
    .orderBy(asc(schedules.nextDueAt), asc(schedules.id))
    .limit(limit);

/**
 * Of several processes that find it due one makes the task. Slots that nobody was there for make one together, and none while the one
 * before was not begun: of a paused agent no tasks pile up.
 */
export async function fireSlot(
  ctx: Context,
  { scheduleId, dueAt }: { scheduleId: string; dueAt: Date },
): Promise<string | undefined> {
  const isDue = and(eq(schedules.id, scheduleId), eq(schedules.state, 'active'), eq(schedules.nextDueAt, dueAt));
  const [schedule] = await ctx.db.select().from(schedules).where(isDue).for('update');
  if (!schedule || dueAt > ctx.now) return undefined;
  await change(ctx, scheduleId, { nextDueAt: dueAfter(schedule, ctx.now) });
  const [open] = await ctx.db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.scheduleId, scheduleId), eq(tasks.state, 'open')))
    .limit(1);
  return open?.id ?? fire(ctx, schedule, { slot: dueAt.toISOString(), tainted: false });
}

const hearing = (event: string) => and(eq(schedules.kind, 'event'), eq(schedules.state, 'active'), eq(schedules.event, event));

/** Each event makes one task at most of each schedule that waits for it. */
export const fireTriggers = onAny({
  name: 'fire-triggers',
  deadLetter: 'skip',
  async isWanted(db, told) {
    const heard = await db.select({ filter: schedules.filter }).from(schedules).where(hearing(told.name));
    return heard.some(({ filter }) => fits(filter, told));
  },
  async handler(ctx, told) {
    const chain = await chainOf(ctx);
    if (chain > MOST_CHAIN) {
      ctx.log.warn('schedules set each other off: no task was made', { event: told.name, subject: told.subject, chain });
      return;
    }
    const isWoken = and(hearing(told.name), notItsOwn(ctx));
    const heard = await ctx.db.select().from(schedules).where(isWoken).orderBy(asc(schedules.id)).for('update');
    for (const schedule of heard.filter(({ filter }) => fits(filter, told))) {
      const payload = `${told.name} of ${told.subject}`;
      await fire(ctx, schedule, { slot: `event ${told.eventId}`, payload, tainted: ctx.tainted, chain });
    }
  },
});

/** A schedule may be set off by what another one's task did, that by a third's: so many times. */
const MOST_CHAIN = 3;

/** How many schedules have led here, each by what the task of the one before brought about. */
async function chainOf(ctx: Context): Promise<number> {
  const [cause] = await ctx.db
    .select({ chain: tasks.chain, scheduleId: tasks.scheduleId })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .where(eq(runs.requestId, ctx.requestId))
    .limit(1);
  if (!cause) return 0;
  return cause.scheduleId === null && cause.chain === 0 ? 0 : cause.chain + 1;
}

/** What its own task has brought about sets it off no more: it would do so for ever. */
const notItsOwn = (ctx: Context) =>
  notExists(
    ctx.db
      .select({ id: runs.id })
      .from(runs)
      .innerJoin(tasks, eq(tasks.id, runs.taskId))
      .where(and(eq(runs.requestId, ctx.requestId), eq(tasks.scheduleId, schedules.id))),
  );

function fits(filter: string, { payload }: ToldEvent): boolean {
  const wanted = Object.entries(JSON.parse(filter) as Record<string, unknown>);
  return wanted.every(([path, value]) => path.split('.').reduce(partOf, payload) === value);
}

const partOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
