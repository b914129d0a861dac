// Calls that need a person's yes: measured and rolled back, kept by the governor, and made again once it is given.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database, Tx } from '../db/database.ts';
import type { ClaimedApproval, MeasuredEffect, Need } from '../define/governor.ts';
import { coreErrors, type TroupeError } from '../errors.ts';
import { type CallFacts, finish, onBehalfOf } from './audit.ts';
import { type Authority, type Authorizer, switchedOff } from './authorize.ts';
import type { Call } from './call.ts';
import { canonicalJson, keyedDigest } from './canonical.ts';
import { measureEffect } from './measure.ts';
import { type CapturedChange, capturedChanges } from './preview.ts';
import type { Registry } from './registry.ts';
import type { Work } from './work.ts';

const SETTLED_POLL_MS = 250;

interface Parts {
  readonly registry: Registry;
  readonly database: Database;
  readonly authorizer: Authorizer;
  readonly secret: string;
  readonly publicUrl: string;
}

/** A call inside its transaction, as far as approvals look at it. */
interface Inside {
  readonly work: Work;
  readonly call: Call;
  readonly facts: CallFacts;
  readonly now: Date;
}

/** Rolls the call back, and says why it has to wait. */
export class Parked extends Error {
  readonly needs: readonly Need[];
  readonly effect: MeasuredEffect;
  readonly changes: readonly CapturedChange[];
  constructor(needs: readonly Need[], effect: MeasuredEffect, changes: readonly CapturedChange[]) {
    super('parked');
    this.needs = needs;
    this.effect = effect;
    this.changes = changes;
  }
}

interface Weighed {
  readonly needs: readonly Need[];
  /** To be thrown once every constraint holds. */
  readonly parked?: Parked;
}

export function createApprovals({ registry, database, authorizer, secret, publicUrl }: Parts) {
  const { governor } = registry;
  const moneySchemas = new Set([...registry.tables].filter(([, { rule }]) => rule.sums).map(([, { plugin }]) => plugin.id));

  return {
    /** The schemas that a call may have written to, the governor's books among them. */
    schemas: (own: ReadonlySet<string>): ReadonlySet<string> => (governor ? new Set([...own, governor.plugin]) : own),

    /** Nobody can say yes to a read, nor to what must not be stored. Errors: core.approval_unavailable. */
    assertCanWait({ effect, secretInput }: Work, needs: readonly Need[]): void {
      if (needs.length > 0 && (!governor || effect === 'read' || secretInput))
        throw coreErrors.approval_unavailable({ reason: needs[0]?.reason });
    },

    /**
     * Uses the call's approval up; whoever said yes must still be allowed to.
     * Errors: core.not_approved, core.approver_lost.
     */
    async claim({ work, call, facts, now }: Inside, version: string, tx: Tx): Promise<ClaimedApproval | undefined> {
      const { approvalId } = call;
      if (approvalId === undefined) return undefined;
      const claimed = await governor?.claim(tx.lastingDb, approvalId, facts.callId, now);
      if (!governor || !claimed) throw coreErrors.not_approved({ approvalId });
      for (const id of claimed.approvers) {
        const principal = { id, kind: 'user', name: id, credential: 'approval' } as const;
        const approver = await authorizer.of({ principal, tainted: false }, tx, { version });
        const isOut = switchedOff(approver, { principal, tainted: false }, work);
        if (isOut || authorizer.refusal(approver, governor.permission) || authorizer.refusal(approver, work.permission))
          throw coreErrors.approver_lost({ approvalId });
      }
      return claimed;
    },

    /** After the handler: reserves limits, and decides on what the call did whether it may stand. */
    async weigh(
      { work, call, facts, now }: Inside,
      { actor }: Authority,
      tx: Tx,
      { schemas, needs, claimed }: { schemas: ReadonlySet<string>; needs: readonly Need[]; claimed: ClaimedApproval | undefined },
    ): Promise<Weighed> {
      if (!governor || (needs.length === 0 && !claimed && ![...schemas].some((id) => moneySchemas.has(id)))) return { needs };
      const changes = await capturedChanges(tx, facts.callId);
      const effect = measureEffect(changes, registry);
      const openToGuests = work.permission !== undefined && registry.permissionsOf.guest.has(work.permission);
      const weighed = {
        actor,
        onBehalfOf: onBehalfOf(call),
        action: work.name,
        openToGuests,
        effect,
        now,
        credential: call.caller.principal.credential,
      };
      const all = once([...needs, ...(await governor.weigh(tx.lastingDb, weighed))]);
      const isCovered = claimed
        ? all.every(({ tier }) => tier <= claimed.tier) &&
          claimed.effectDigest === keyedDigest(secret, effect) &&
          claimed.inputDigest === facts.digest &&
          claimed.pluginVersion === work.plugin.version
        : all.length === 0;
      if (isCovered || call.dryRun) return { needs: all };
      // an approval whose tier is too low now, or whose effect is another, is asked for anew
      const changed: Need[] = claimed ? [{ tier: claimed.tier, reason: 'what it does has changed since it was approved' }] : [];
      return { needs: all, parked: new Parked([...changed, ...all], effect, changes) };
    },

    /** Stores the call. Answers what its caller is told: core.approval_needed. */
    async park({ work, call, facts, now }: Inside, { needs, effect, changes }: Parked): Promise<TroupeError> {
      if (!governor || work.permission === undefined) return coreErrors.approval_unavailable({ reason: needs[0]?.reason });
      const { permission } = work;
      return database.transaction({}, async (tx) => {
        await tx.rows(
          sql`select * from core.begin_call(${facts.callId}, ${call.caller.principal.id}, null, ${work.name}, '', ${now.toISOString()}, null)`,
        );
        const { approvalId: replaces, ...again } = call;
        const approval = await governor.park(
          tx.db,
          {
            callId: facts.callId,
            call: again,
            permission,
            pluginVersion: work.plugin.version,
            input: canonicalJson(facts.input),
            inputDigest: facts.digest,
            effect,
            effectDigest: keyedDigest(secret, effect),
            changes: canonicalJson(changes),
            needs,
            ...(replaces ? { replaces } : {}),
          },
          now,
        );
        const needed = coreErrors.approval_needed({
          approvalId: approval.approvalId,
          tier: approval.tier,
          expiresAt: approval.expiresAt.toISOString(),
          url: `${publicUrl}${approval.path}`,
          reason: needs[0]?.reason,
        });
        await finish(tx, facts, { parked: needed, schemas: new Set([governor.plugin]), events: [] });
        return needed;
      });
    },
  };
}

/** Waits until nothing can become of an approval any more, or the time or the caller's patience is over. */
export async function approvalSettled(
  { registry, database }: Pick<Parts, 'registry' | 'database'>,
  approvalId: string,
  { atMostMs, signal }: { atMostMs: number; signal: AbortSignal },
): Promise<void> {
  const until = performance.now() + atMostMs;
  while (!signal.aborted && performance.now() < until && (await registry.governor?.isOpen(database.db, approvalId)))
    await setTimeout(SETTLED_POLL_MS, undefined, { signal }).catch(() => undefined); // whoever has gone waits no longer
}

/** Policies are asked before the transaction and with the record in hand: what they ask for twice is needed once. */
const once = (needs: readonly Need[]): Need[] => [
  ...new Map(needs.map((need) => [`${need.tier} ${need.reason}`, need])).values(),
];

export type Approvals = ReturnType<typeof createApprovals>;
