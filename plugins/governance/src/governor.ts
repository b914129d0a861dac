// What the kernel asks: what is switched off, what a measured call needs, and which stored call has been approved.
import type { Db, Governor, Need, ParkedCall, WeighedCall } from '@troupe-os/core';
import { and, desc, eq, gt, inArray } from 'drizzle-orm';
import { turnoverOf } from './effect.ts';
import { governanceErrors } from './errors.ts';
import { reserveLimits } from './limits.ts';
import { approvals, switches, tiers, votes } from './schema.ts';

export const DECIDE = 'governance.approval.decide';

const HOUR_MS = 3_600_000;
/** How long a call waits, by its tier. */
const WAITS_MS = { 1: 24 * HOUR_MS, 2: 24 * HOUR_MS, 3: 4 * HOUR_MS } as const;
/** So long after a no the same call is not asked for again. */
const NO_MEANS_NO_MS = HOUR_MS;

export const governor: Governor = {
  permission: DECIDE,
  books: ['governance.approvals', 'governance.votes', 'governance.limit_uses'],

  async stopped(db) {
    const off = await db.select({ kind: switches.kind, target: switches.target }).from(switches);
    const targets = (kind: string) => new Set(off.filter((one) => one.kind === kind).map(({ target }) => target));
    return { actors: targets('actor'), plugins: targets('plugin'), actions: targets('action') };
  },

  async weigh(db, call) {
    const turnover = turnoverOf(call.effect);
    if (turnover.length === 0) return [];
    await reserveLimits(db, call, turnover);
    return call.actor.kind === 'agent' ? tierOf(db, call, turnover) : [];
  },

  async park(db, parked, now) {
    const { call, replaces, callId } = parked;
    const [requester, onBehalfOf] = [call.caller.principal.id, call.caller.onBehalfOf?.id ?? null];
    const isSame = and(
      eq(approvals.requester, requester),
      eq(approvals.action, call.action),
      eq(approvals.inputDigest, parked.inputDigest),
    );
    const same = (
      await db
        .select()
        .from(approvals)
        .where(and(isSame, inArray(approvals.state, ['pending', 'approved', 'rejected'])))
        .orderBy(desc(approvals.createdAt))
    ).filter((one) => one.onBehalfOf === onBehalfOf && one.id !== replaces);
    const open = same.find(({ state, expiresAt }) => state !== 'rejected' && expiresAt > now);
    if (open) return { approvalId: open.id, tier: open.tier, expiresAt: open.expiresAt };
    const refused = same.find(({ state, decidedAt }) => state === 'rejected' && decidedAt && +decidedAt > +now - NO_MEANS_NO_MS);
    if (refused) throw governanceErrors.refused_before({ approvalId: refused.id });
    for (const stale of same.filter(({ state }) => state === 'pending' || state === 'approved'))
      await db.update(approvals).set({ state: 'expired' }).where(eq(approvals.id, stale.id));

    const id = crypto.randomUUID();
    if (replaces) await db.update(approvals).set({ state: 'replaced', replacedBy: id }).where(eq(approvals.id, replaces));
    const tier = tierOfParked(parked);
    const expiresAt = new Date(+now + WAITS_MS[tier]);
    await db.insert(approvals).values({
      id,
      state: 'pending',
      tier,
      reasons: [...new Set(parked.needs.map(({ reason }) => reason))],
      action: call.action,
      permission: parked.permission,
      pluginVersion: parked.pluginVersion,
      requester,
      onBehalfOf,
      call: JSON.stringify(call),
      input: parked.input,
      inputDigest: parked.inputDigest,
      effect: JSON.stringify(parked.effect),
      effectDigest: parked.effectDigest,
      changes: parked.changes,
      parkedCall: callId,
      createdAt: now,
      expiresAt,
    });
    return { approvalId: id, tier, expiresAt };
  },

  async claim(db, approvalId, callId, now) {
    const [used] = await db
      .update(approvals)
      .set({ state: 'executed', executedCall: callId })
      .where(and(eq(approvals.id, approvalId), eq(approvals.state, 'approved'), gt(approvals.expiresAt, now)))
      .returning();
    if (!used) return undefined;
    const yes = await db
      .select({ person: votes.person })
      .from(votes)
      .where(and(eq(votes.approvalId, approvalId), eq(votes.vote, 'yes')));
    const { tier, pluginVersion, inputDigest, effectDigest } = used;
    return { tier, pluginVersion, inputDigest, effectDigest, approvers: yes.map(({ person }) => person) };
  },
};

/** The person for whom it is done can decide only where there is one. */
function tierOfParked({ needs, call }: ParkedCall): 1 | 2 | 3 {
  const highest = Math.max(...needs.map(({ tier }) => tier)) as 1 | 2 | 3;
  return highest === 1 && !call.caller.onBehalfOf ? 2 : highest;
}

/** By the sums that an agent moves; a unit for which nobody has said anything needs a yes from the first one on. */
async function tierOf(db: Db, call: WeighedCall, turnover: readonly { unit: string; amount: bigint }[]): Promise<Need[]> {
  const units = turnover.map(({ unit }) => unit);
  const rules = await db.select().from(tiers).where(inArray(tiers.unit, units));
  return turnover.flatMap(({ unit, amount }): Need[] => {
    const known = rules.filter((rule) => rule.unit === unit);
    const reached = known.filter(({ fromAmount }) => amount >= fromAmount).map(({ tier }) => tier);
    if (known.length === 0) return [{ tier: call.onBehalfOf ? 1 : 2, reason: `no sum in ${unit} is free for agents` }];
    if (reached.length === 0) return [];
    const tier = Math.max(...reached) as 1 | 2 | 3;
    return [{ tier, reason: `an agent moves ${unit} of tier ${tier}` }];
  });
}
