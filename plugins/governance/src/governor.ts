// What the kernel asks: what is switched off, what a measured call needs, and which stored call has been approved.
import type { Db, Governor, Need, ParkedCall, WeighedCall } from '@troupe-os/core';
import { and, count, desc, eq, gt, inArray, isNull } from 'drizzle-orm';
import { readRules } from './cedar/rules.ts';
import { type Turnover, turnoverOf } from './effect.ts';
import { governanceErrors } from './errors.ts';
import { isByProgram, readLimits, reserveLimits } from './limits.ts';
import { type ApprovalRow, approvals, switches, type TierRow, tiers, votes } from './schema.ts';
import { coversInAdvance } from './standing-grants.ts';

export const DECIDE = 'governance.approval.decide';

const HOUR_MS = 3_600_000;
/** How long a call waits, by its tier. */
const WAITS_MS = { 1: 24 * HOUR_MS, 2: 24 * HOUR_MS, 3: 4 * HOUR_MS } as const;
/** So many calls of one requester may wait at once. */
const MOST_WAITING = 100;
/** So long after a no the same call is not asked for again. */
const NO_MEANS_NO_MS = HOUR_MS;

export const governor: Governor = {
  permission: DECIDE,
  books: ['governance.approvals', 'governance.votes', 'governance.limit_uses', 'governance.standing_grants'],

  async stopped(db) {
    const off = await db.select({ kind: switches.kind, target: switches.target }).from(switches);
    const targets = (kind: string) => new Set(off.filter((one) => one.kind === kind).map(({ target }) => target));
    return { actors: targets('actor'), plugins: targets('plugin'), actions: targets('action') };
  },

  rules: readRules,

  async weigher(db) {
    const [allLimits, allTiers] = [await readLimits(db), await db.select().from(tiers)];
    return async (tx, call) => {
      const turnover = turnoverOf(call.effect);
      if (turnover.length === 0) return [];
      await reserveLimits(tx, allLimits, call, turnover);
      if (!isByProgram(call)) return [];
      const needs = needsByTier(allTiers, call, turnover);
      const tier = highestOf(needs);
      return tier && (await coversInAdvance(tx, call, { tier, turnover })) ? [] : needs;
    };
  },

  async park(db, parked, now) {
    const open = await findOpen(db, parked, now);
    if (open) return open;
    const { principal, onBehalfOf } = parked.call.caller;
    if (principal.handedOver || onBehalfOf?.handedOver) throw governanceErrors.handed_over();
    if (!parked.replaces) await assertFewWait(db, parked.call.caller.principal.id, now);
    const id = crypto.randomUUID();
    await replaceBy(db, parked, id);
    const values = approvalOf(id, parked, now);
    const [stored] = await db.insert(approvals).values(values).onConflictDoNothing().returning();
    if (stored) return waiting(stored);
    // the same call was parked at this very moment: both wait for one yes
    const other = await findOpen(db, parked, now);
    if (!other) throw governanceErrors.not_open();
    await replaceBy(db, parked, other.approvalId);
    return other;
  },

  async isOpen(db, approvalId) {
    const isThis = and(eq(approvals.id, approvalId), inArray(approvals.state, ['pending', 'approved']));
    const [open] = await db.select({ id: approvals.id }).from(approvals).where(isThis);
    return open !== undefined;
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

/** Whoever must say yes to hundreds looks at none of them. Errors: governance.too_many_waiting. */
async function assertFewWait(db: Db, requester: string, now: Date): Promise<void> {
  const isOpen = and(eq(approvals.requester, requester), eq(approvals.state, 'pending'), gt(approvals.expiresAt, now));
  const [open] = await db.select({ count: count() }).from(approvals).where(isOpen);
  if ((open?.count ?? 0) >= MOST_WAITING) throw governanceErrors.too_many_waiting({ most: MOST_WAITING });
}

async function replaceBy(db: Db, { replaces }: ParkedCall, id: string): Promise<void> {
  if (replaces) await db.update(approvals).set({ state: 'replaced', replacedBy: id }).where(eq(approvals.id, replaces));
}

const waiting = ({ id, tier, expiresAt }: ApprovalRow) => ({ approvalId: id, tier, expiresAt, path: `/console/approvals/${id}` });

/** The same call where it waits already. What waited too long is closed on the way. Errors: governance.refused_before. */
async function findOpen(db: Db, { call, inputDigest, replaces }: ParkedCall, now: Date) {
  const onBehalfOf = call.caller.onBehalfOf?.id;
  const isSame = and(
    eq(approvals.requester, call.caller.principal.id),
    onBehalfOf === undefined ? isNull(approvals.onBehalfOf) : eq(approvals.onBehalfOf, onBehalfOf),
    eq(approvals.action, call.action),
    eq(approvals.inputDigest, inputDigest),
    inArray(approvals.state, ['pending', 'approved', 'rejected']),
  );
  const found = await db.select().from(approvals).where(isSame).orderBy(desc(approvals.createdAt));
  const same = found.filter(({ id }) => id !== replaces);
  const open = same.find(({ state, expiresAt }) => state !== 'rejected' && expiresAt > now);
  if (open) return waiting(open);
  const refused = same.find(({ state, decidedAt }) => state === 'rejected' && decidedAt && +decidedAt > +now - NO_MEANS_NO_MS);
  if (refused) throw governanceErrors.refused_before({ approvalId: refused.id });
  const stale = same.filter(({ state }) => state !== 'rejected').map(({ id }) => id);
  if (stale.length > 0) await db.update(approvals).set({ state: 'expired' }).where(inArray(approvals.id, stale));
  return undefined;
}

function approvalOf(id: string, parked: ParkedCall, now: Date): typeof approvals.$inferInsert {
  const { call, callId, permission, pluginVersion, input, inputDigest, effect, effectDigest, changes, needs } = parked;
  const tier = tierOfParked(parked);
  return {
    id,
    state: 'pending',
    tier,
    reasons: [...new Set(needs.map(({ reason }) => reason))],
    action: call.action,
    permission,
    pluginVersion,
    requester: call.caller.principal.id,
    onBehalfOf: call.caller.onBehalfOf?.id ?? null,
    call: JSON.stringify(call),
    input,
    inputDigest,
    effect: JSON.stringify(effect),
    effectDigest,
    changes,
    parkedCall: callId,
    createdAt: now,
    expiresAt: new Date(+now + WAITS_MS[tier]),
  };
}

/** The person for whom it is done can decide only where there is one. */
function tierOfParked({ needs, call }: ParkedCall): 1 | 2 | 3 {
  const highest = highestOf(needs) ?? 1;
  return highest === 1 && !call.caller.onBehalfOf ? 2 : highest;
}

const highestOf = (needs: readonly Need[]) =>
  needs
    .map(({ tier }) => tier)
    .reduce<Need['tier'] | undefined>((highest, tier) => (tier > (highest ?? 0) ? tier : highest), undefined);

/** By the sums that an agent moves; a unit for which nobody has said anything needs a yes from the first one on. */
function needsByTier(rules: readonly TierRow[], call: WeighedCall, turnover: readonly Turnover[]): Need[] {
  return turnover.flatMap(({ unit, amount }): Need[] => {
    const known = rules.filter((rule) => rule.unit === unit);
    const reached = known.filter(({ fromAmount }) => amount >= fromAmount).map(({ tier }) => tier);
    if (known.length === 0)
      return [{ tier: call.onBehalfOf ? 1 : 2, reason: `no sum in ${unit} is free of a yes for agents and programs` }];
    if (reached.length === 0) return [];
    const tier = Math.max(...reached) as 1 | 2 | 3;
    return [{ tier, reason: `it moves a sum in ${unit} of tier ${tier}` }];
  });
}
