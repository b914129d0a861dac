// Whether the record holds what a walk was answered: no call too few, none too many, and none under another name.
import { asOwner, type TestKernel } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { isRecorded, isRefusal, isUnasked, type Outcome } from './decisions.ts';

/** The outcome with the number of rows that it has and should not have. */
export type Fault = Outcome & { readonly rows: number };

interface Row {
  readonly call_id: string;
  readonly request_id: string;
  readonly action: string;
  readonly error: string | null;
  readonly outcome: string;
  /** Written since the walk began. */
  readonly fresh: boolean;
}

/**
 * Begins a walk of one actor, and answers the check that ends it: each outcome with rows that it should not have. What was let in has one terminal row if it is a write or a read
 * above low, else none; what was refused was counted into a row of its kind; what was not asked of the kernel has no row.
 */
export async function watchRecord({ database }: Pick<TestKernel, 'database'>, actor: string) {
  const [before] = await asOwner<{ last: string }>(
    database,
    sql`select coalesce(max(id), 0)::text as last from core.audit_entries`,
  );
  return async (outcomes: readonly Outcome[]): Promise<Fault[]> => {
    const rows = await asOwner<Row>(
      database,
      sql`select call_id, request_id, action, error, outcome, id > ${before?.last}::bigint as fresh
        from core.audit_entries where outcome <> 'initiated' and actor = ${actor}`,
    );
    return outcomes.flatMap((outcome) => faultOf(outcome, rows) ?? []);
  };
}

/** Undefined if all is well. */
function faultOf(outcome: Outcome, rows: readonly Row[]): Fault | undefined {
  const { action, code } = outcome;
  const ofIt = rows.filter((row) => row.action === action);
  const owned = ofIt.filter((row) => isOwn(row, outcome));
  // a refusal that others repeat within the minute has one more row, under its request, that counts them
  const own = owned.filter((row) => row.outcome !== 'denied').length + (owned.some((row) => row.outcome === 'denied') ? 1 : 0);
  const isWell = () => {
    if (isUnasked(code)) return own === 0;
    if (isRefusal(code)) {
      // a handler of a low read that asks a stranger to sign in is past the gate, and low reads have no rows
      return ofIt.some(({ error }) => error === code) || (code === 'core.unauthenticated' && !isRecorded(action));
    }
    // what a handler refuses for want of rights is counted like a refusal at the gate: a repetition has no row of its own
    const isCounted = own === 0 && ofIt.some((row) => row.error === code && row.outcome === 'denied');
    return isCounted || own === (isRecorded(action) ? 1 : 0);
  };
  return isWell() ? undefined : { ...outcome, rows: own };
}

function isOwn(row: Row, { code, callId, requestId, isShared = false }: Outcome): boolean {
  if (callId !== undefined) return row.call_id === callId;
  if (requestId === undefined) return row.fresh;
  return row.request_id === requestId && (!isShared || isUnasked(code) || (row.error ?? 'done') === code);
}
