// Calls that need a person's yes: measured and rolled back, kept by the governor, and made again once it is given.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database, Tx } from '../db/database.ts';
import type { ClaimedApproval, MeasuredEffect, Need } from '../define/governor.ts';
import type { PolicyQuestion } from '../define/policy.ts';
import { coreErrors, type TroupeError } from '../errors.ts';
import { type CallFacts, finishing, onBehalfOf } from './audit.ts';
import { type Authority, type Authorizer, afterHandler, createAuthorizer, switchedOff } from './authorize.ts';
import { type Call, partiesOf } from './call.ts';
import { canonicalJson, keyedDigest } from './canonical.ts';
import { measureEffect } from './measure.ts';
import { type CapturedChange, capturedChanges, changesOf } from './preview.ts';
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
  readonly effectDigest: string;
  readonly changes: readonly CapturedChange[];
  constructor(needs: readonly Need[], measured: Pick<Parked, 'effect' | 'effectDigest' | 'changes'>) {
    super('parked');
    this.needs = needs;
    this.effect = measured.effect;
    this.effectDigest = measured.effectDigest;
    this.changes = measured.changes;
  }
}

interface Asked {
  readonly schemas: ReadonlySet<string>;
  readonly needs: readonly Need[];
  readonly claimed: ClaimedApproval | undefined;
  /** With the locked record. */
  readonly question: PolicyQuestion;
  readonly foreseen: Foreseen | undefined;
}

/** What the call changed, if that was asked for at the right moment. */
type Foreseen = () => Promise<CapturedChange[]> | undefined;

interface Weighed {
  readonly needs: readonly Need[];
  /** To be thrown once every constraint holds. */
  readonly parked?: Parked;
}

export function createApprovals({ registry, database, authorizer, secret, publicUrl }: Parts) {
  const { governor } = registry;
  const moneySchemas = new Set([...registry.tables].filter(([, { rule }]) => rule.sums).map(([, { plugin }]) => plugin.id));

  /** How many statements came before an action was weighed: the last time, and whether the time before too. */
  const statementsOf = new Map<string, { readonly sent: number; readonly isSteady: boolean }>();

  /** Whoever says yes could do it too, and is neither stopped nor forbidden to by a rule. */
  async function isAllowedTo(
    work: Work,
    personId: string,
    question: PolicyQuestion,
    { version, tx, approvers }: { version: string; tx: Tx; approvers: Authorizer },
  ): Promise<boolean> {
    const principal = { id: personId, kind: 'user', name: personId, credential: 'approval' } as const;
    const caller = { principal, tainted: false };
    const approver = await approvers.of(caller, afterHandler(tx), { version });
    return (
      governor !== undefined &&
      !switchedOff(approver, caller, work) &&
      !authorizer.refusal(approver, governor.permission) &&
      !authorizer.refusal(approver, work.permission) &&
      approver.parties.every((party) => approver.rules.decide(party, question).decision !== 'deny')
    );
  }

  return {
    /** The schemas that a call may have written to, the governor's books among them. */
    schemas: (own: ReadonlySet<string>): ReadonlySet<string> => (governor ? new Set([...own, governor.plugin]) : own),

    /** Nobody can say yes to a read, nor to what must not be stored. Errors: core.approval_unavailable. */
    assertCanWait({ effect, secretInput }: Work, needs: readonly Need[]): void {
      if (needs.length > 0 && (!governor || effect === 'read' || secretInput))
        throw coreErrors.approval_unavailable({ reason: needs[0]?.reason });
    },

    /** Uses the call's approval up. Errors: core.not_approved; core.bad_credentials, where what proved the call was taken back or has expired since. */
    async claim({ call, facts, now }: Inside, tx: Tx): Promise<ClaimedApproval | undefined> {
      const { approvalId, caller } = call;
      if (approvalId === undefined) return undefined;
      const claimed = await governor?.claim(tx.lastingDb, approvalId, facts.callId, now);
      if (!governor || !claimed) throw coreErrors.not_approved({ approvalId });
      for (const { credential } of partiesOf(caller))
        if (await registry.directory?.isRevoked(tx.db, credential, now)) throw coreErrors.bad_credentials();
      return claimed;
    },

    /**
     * Asks what the call has changed together with the statement that was the last before, when its action was weighed: the answer
     * comes with that statement's. Where the handler goes on after it, it is asked again.
     */
    foresee({ work, facts }: Inside, tx: Tx): Foreseen | undefined {
      const { sent, isSteady } = statementsOf.get(work.name) ?? {};
      return sent && isSteady ? tx.follow(sent, changesOf(facts.callId)) : undefined;
    },

    /** After the handler: reserves limits, and decides on what the call did whether it may stand. */
    async weigh(
      inside: Inside,
      authority: Authority,
      tx: Tx,
      { schemas, needs, claimed, question, foreseen }: Asked,
    ): Promise<Weighed> {
      const { work, call, facts, now } = inside;
      if (!governor || (needs.length === 0 && !claimed && ![...schemas].some((id) => moneySchemas.has(id)))) return { needs };
      const sent = tx.sent();
      statementsOf.set(work.name, { sent, isSteady: statementsOf.get(work.name)?.sent === sent });
      const changes = (await foreseen?.()) ?? (await capturedChanges(tx, facts.callId));
      const effect = measureEffect(changes, registry);
      const approvers = createAuthorizer(registry); // of its own: this transaction may have changed rights, and roll back
      const mayApprove = (personId: string) =>
        isAllowedTo(work, personId, question, { version: authority.version, tx, approvers });
      for (const personId of claimed?.approvers ?? [])
        if (!(await mayApprove(personId))) throw coreErrors.approver_lost({ approvalId: call.approvalId });
      const openToGuests = work.permission !== undefined && registry.permissionsOf.guest.has(work.permission);
      const weighed = {
        actor: authority.actor,
        onBehalfOf: onBehalfOf(call),
        through: (call.caller.through ?? []).map(({ id }) => id),
        action: work.name,
        openToGuests,
        effect,
        now,
        credential: call.caller.principal.credential,
        hands: authority.hands,
        mayApprove,
      };
      const all = once([...needs, ...(await authority.weigh(tx.lastingDb, weighed))]);
      if (call.dryRun || (!claimed && all.length === 0)) return { needs: all };
      const effectDigest = keyedDigest(secret, { effect, record: asText(question.record) });
      const isCovered =
        claimed !== undefined &&
        all.every(({ tier }) => tier <= claimed.tier) &&
        claimed.effectDigest === effectDigest &&
        claimed.inputDigest === facts.digest &&
        claimed.pluginVersion === work.plugin.version;
      if (isCovered) return { needs: all };
      // an approval whose tier is too low now, or whose effect is another, is asked for anew
      const changed: Need[] = claimed ? [{ tier: claimed.tier, reason: 'what it does has changed since it was approved' }] : [];
      return { needs: all, parked: new Parked([...changed, ...all], { effect, effectDigest, changes }) };
    },

    /** Stores the call. Answers what its caller is told: core.approval_needed. */
    async park({ work, call, facts, now }: Inside, { needs, effect, effectDigest, changes }: Parked): Promise<TroupeError> {
      if (!governor || work.permission === undefined) return coreErrors.approval_unavailable({ reason: needs[0]?.reason });
      const { permission } = work;
      return database.transaction({}, async (tx) => {
        const [begun] = await tx.rows<{ rights_version: string }>(
          sql`select rights_version from core.begin_call(${facts.callId}, ${call.caller.principal.id}, null, ${work.name}, '', ${now.toISOString()}, null, null)`,
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
            effectDigest,
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
        const seen = String(begun?.rights_version);
        tx.closeWith(finishing(facts, { parked: needed, schemas: new Set([governor.plugin]), events: [], seen }));
        return needed;
      });
    },
  };
}

/** A row as JSON can hold it. */
const asText = (record: PolicyQuestion['record']): unknown =>
  JSON.parse(JSON.stringify(record ?? null, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));

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
