// How much may be moved in a window of time. What is used of a limit is reserved in the transaction of the call.
import type { Db, WeighedCall } from '@troupe-os/core';
import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Turnover } from './effect.ts';
import { governanceErrors } from './errors.ts';
import { type LimitRow, limits, limitUses } from './schema.ts';

/** Errors: governance.limit_reached, whose details say what is left and when the window ends. */
export async function reserveLimits(db: Db, call: WeighedCall, turnover: readonly Turnover[]): Promise<void> {
  const { actor, onBehalfOf, action, effect, now } = call;
  const ids = [actor.id, ...(onBehalfOf ? [onBehalfOf.id] : [])];
  const units = turnover.map(({ unit }) => unit);
  const forAnybody = isByProgram(call) ? [isNull(limits.actor)] : [];
  const touched = await db
    .select()
    .from(limits)
    .where(
      and(
        inArray(limits.unit, units),
        or(inArray(limits.actor, ids), ...forAnybody),
        or(isNull(limits.action), eq(limits.action, action)),
        or(isNull(limits.counterparty), inArray(limits.counterparty, ['', ...effect.counterparties])),
      ),
    )
    .orderBy(asc(limits.id)); // two calls take their limits in one order, and never wait for each other
  for (const limit of touched) {
    const amount = turnover.find(({ unit }) => unit === limit.unit)?.amount ?? 0n;
    await reserve(db, limit, limit.actor ?? actor.id, amount, now);
  }
}

async function reserve(db: Db, limit: LimitRow, actor: string, amount: bigint, now: Date): Promise<void> {
  const windowStart = windowOf(limit, now);
  const values = { limitId: limit.id, actor, windowStart, used: 0n };
  await db.insert(limitUses).values(values).onConflictDoNothing();
  const isThis = and(eq(limitUses.limitId, limit.id), eq(limitUses.actor, actor), eq(limitUses.windowStart, windowStart));
  const [reserved] = await db
    .update(limitUses)
    .set({ used: sql`${limitUses.used} + ${amount.toString()}::numeric` })
    .where(and(isThis, sql`${limitUses.used} + ${amount.toString()}::numeric <= ${limit.amount.toString()}::numeric`))
    .returning({ used: limitUses.used });
  if (reserved) return;
  const [use] = await db.select({ used: limitUses.used }).from(limitUses).where(isThis);
  throw governanceErrors.limit_reached({
    limitId: limit.id,
    unit: limit.unit,
    left: (limit.amount - (use?.used ?? 0n)).toString(),
    resetsAt: new Date(+windowStart + limit.windowSeconds * 1000).toISOString(),
  });
}

/** Windows follow one another without gaps from 1970 on. */
export function windowOf({ windowSeconds }: Pick<LimitRow, 'windowSeconds'>, now: Date): Date {
  const width = windowSeconds * 1000;
  return new Date(Math.floor(+now / width) * width);
}

/** Agents, and apps and tokens that act for somebody: whoever decides there may have been talked into it. What a customer's app buys is their own. */
export const isByProgram = ({ actor, credential, openToGuests }: WeighedCall): boolean =>
  actor.kind === 'agent' || (/^(app|token):/.test(credential) && !openToGuests);
