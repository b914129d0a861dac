// The record of a call: one terminal row, whatever became of it.
import { type SQL, sql } from 'drizzle-orm';
import type { Context } from '../context.ts';
import type { Database } from '../db/database.ts';
import { databaseError } from '../db/database-error.ts';
import type { TroupeError } from '../errors.ts';
import { parseTraceParent } from '../observe/traceparent.ts';
import type { Call } from './call.ts';
import { canonicalJson } from './canonical.ts';
import type { Words } from './words.ts';

export type Outcome = 'initiated' | 'succeeded' | 'failed' | 'denied' | 'previewed' | 'parked';

/** What stays the same over all rows of one call. */
export interface CallFacts {
  readonly callId: string;
  readonly kind: 'action' | 'subscription' | 'job' | 'seed';
  /** What led here: the surface, the event, the job. */
  readonly cause: string;
  readonly plugin: string;
  readonly pluginVersion: string;
  readonly action: string;
  readonly effect: 'read' | 'write';
  readonly call: Pick<Call, 'caller' | 'requestId' | 'trace' | 'approvalId'>;
  /** The input in wire form, without its secrets. */
  readonly input: unknown;
  /** Keyed digest of that input. */
  readonly digest: string;
}

/** The columns of core.audit_entries. */
export function auditEntry(facts: CallFacts, outcome: Outcome, error?: TroupeError) {
  const { caller, requestId, trace } = facts.call;
  return {
    call_id: facts.callId,
    request_id: requestId,
    trace_id: parseTraceParent(trace)?.traceId ?? '',
    kind: facts.kind,
    cause: facts.cause,
    plugin: facts.plugin,
    plugin_version: facts.pluginVersion,
    action: facts.action,
    effect: facts.effect,
    actor: caller.principal.id,
    on_behalf_of: caller.onBehalfOf?.id,
    credential: caller.principal.credential,
    address: caller.address,
    tainted: caller.tainted,
    outcome,
    error: error?.code,
    digest: facts.digest,
  };
}

export function auditBody(facts: CallFacts, error?: TroupeError): string {
  return canonicalJson({
    input: facts.input,
    ...(facts.call.caller.through ? { through: facts.call.caller.through.map(({ id }) => id) } : {}),
    ...(facts.call.approvalId ? { approvalId: facts.call.approvalId } : {}),
    ...(error?.details && error.kind !== 'internal' ? { details: error.details } : {}),
  });
}

/** Writes a row of its own, outside the call's transaction. */
export async function record(on: Pick<Database, 'rows'>, facts: CallFacts, outcome: Outcome, error?: TroupeError): Promise<void> {
  await on.rows(
    sql`select core.record_call(${JSON.stringify(auditEntry(facts, outcome, error))}::jsonb, ${auditBody(facts, error)})`,
  );
}

/** Writes that the call failed, unless it ended otherwise: when the answer to a commit was lost, the row of its success may stand. */
export async function recordUnlessEnded(database: Database, facts: CallFacts, error: TroupeError): Promise<void> {
  await database.rows(
    sql`select core.record_unless_ended(${JSON.stringify(auditEntry(facts, 'failed', error))}::jsonb, ${auditBody(facts, error)})`,
  );
}

/** Writes a denial, or counts it when the same one was written this minute. */
export async function recordDenial(database: Database, facts: CallFacts, error: TroupeError): Promise<void> {
  await database.rows(
    sql`select core.deny_call(${whoOf(facts)}, ${JSON.stringify(auditEntry(facts, 'denied', error))}::jsonb, ${auditBody(facts, error)})`,
  );
}

/** Whose denials are counted together. */
export function whoOf({ call }: CallFacts): string {
  const { principal, address } = call.caller;
  return principal.kind === 'guest' ? (address ?? 'guest') : principal.id;
}

export interface WaitingEvent {
  readonly name: string;
  readonly plugin: string;
  readonly subject: string;
  readonly payload: string;
  readonly subscriptions: readonly { readonly name: string; readonly blocks: boolean }[];
}

/**
 * The last statement before the commit: record, answer, constraints, events. It fails (see `isOutdated`) where rights or rules are
 * others than `seen`; where this call itself has changed them, than those before it, which nobody else can change any more.
 */
export function finishing(
  facts: CallFacts,
  close: {
    readonly schemas: ReadonlySet<string>;
    readonly key?: string | undefined;
    readonly answer?: string | undefined;
    readonly events: readonly WaitingEvent[];
    readonly words?: Words;
    /** Why the call waits instead of having succeeded. */
    readonly parked?: TroupeError;
    /** The version of rights with which the call began. */
    readonly seen: string;
  },
): SQL {
  const events = close.events.map((event, place) => ({ ...event, place, trace: facts.call.trace ?? '' }));
  const entry = { ...auditEntry(facts, close.parked ? 'parked' : 'succeeded', close.parked), ...close.words };
  return sql`select core.close_call(${JSON.stringify(entry)}::jsonb, ${auditBody(facts, close.parked)},
    ${`{${[...close.schemas].join(',')}}`}::text[], ${close.key ?? null}, ${close.answer ?? null}, ${JSON.stringify(events)}::jsonb, ${close.seen}::bigint)`;
}

/** Whether a call could not be closed because rights or rules have changed in its time. */
export const isOutdated = (error: unknown): boolean => databaseError(error)?.sqlstate === 'TR006';

/** Whether a call could not begin because what stands behind its beginning may not be done. */
export const isAheadOfNo = (error: unknown): boolean => databaseError(error)?.sqlstate === 'TR007';

/** Who a context says it acts for. */
export function onBehalfOf(call: Pick<Call, 'caller'>): Context['onBehalfOf'] {
  const person = call.caller.onBehalfOf;
  return person && Object.freeze({ id: person.id, name: person.name });
}
