import { type Context, defineAction, moment, personOf, rowsOf } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { changeShape, showChange } from '../changes.ts';
import { type Entry, entryShape, OUTCOMES, readEntries } from '../entries.ts';
import { governanceErrors } from '../errors.ts';

/** A call has an `initiated` and a terminal row at most; counted denials are calls of their own. */
const MOST_ENTRIES = 10;
const MOST_CHANGES = 500;
const MOST_RELATED = 100;

export const getCall = defineAction({
  name: 'governance.get-call',
  title: 'One call of the record',
  description:
    'Shows all that is recorded of one call: its rows, its input without secrets, what it changed as far as you may read that, and what else happened in the same trace.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'medium',
  permission: 'governance.audit.read',
  input: z.strictObject({ callId: z.uuid().describe('The id of the call, as governance.search-audit answers it.') }),
  output: z.strictObject({
    entries: z.array(entryShape),
    bodies: z.array(
      z.strictObject({
        outcome: z.enum(OUTCOMES),
        body: z.string().describe('RFC 8785 JSON, byte for byte as it was recorded.'),
      }),
    ),
    changes: z.array(changeShape),
    changed: z.int().describe('How many rows the call changed, those included that are not shown.'),
    related: z.array(
      z.strictObject({ callId: z.string(), at: moment, kind: z.string(), action: z.string(), outcome: z.enum(OUTCOMES) }),
    ),
  }),
  async handler(ctx, { callId }) {
    const entries = (await readEntries(ctx, [sql`call_id = ${callId}`], MOST_ENTRIES)).map(({ entry }) => entry);
    const [first] = entries;
    if (!first) throw governanceErrors.unknown_call({ callId });
    const visible = await ctx.changesOf(callId);
    const changed = await countChanges(ctx, callId);
    return {
      entries: entries.reverse(),
      bodies: mayReadBody(ctx, first, changed - visible.length) ? await bodiesOf(ctx, callId) : [],
      changes: visible.slice(0, MOST_CHANGES).map(showChange),
      changed,
      related: first.traceId === '' ? [] : await relatedTo(ctx, callId, first.traceId),
    };
  },
});

/**
 * What was asked for is shown to who asked and, unless it is private, to Auditors and to whoever may do the same everywhere and read all
 * that it changed.
 */
function mayReadBody(ctx: Context, { action, actor: by, onBehalfOf }: Entry, hidden: number): boolean {
  const { actor, catalogue } = ctx;
  if ((onBehalfOf ?? by) === personOf(ctx)) return true; // what an agent has done for somebody else is not for whom it serves now
  const { permission, private: isPrivate } = catalogue.action(action) ?? {};
  if (isPrivate) return false;
  return (
    actor.roles.some(({ role }) => role === 'auditor') ||
    (hidden === 0 && (permission === undefined || actor.rights.get(permission) === 'company'))
  );
}

function bodiesOf(ctx: Context, callId: string) {
  return rowsOf<{ outcome: (typeof OUTCOMES)[number]; body: string }>(
    ctx.db,
    sql`select outcome, body from core.audit_bodies where call_id = ${callId} order by at, outcome = 'initiated' desc`,
  );
}

async function countChanges(ctx: Context, callId: string): Promise<number> {
  const [counted] = await rowsOf<{ count: number }>(
    ctx.db,
    sql`select count(*)::integer as count from core.changes where call_id = ${callId}`,
  );
  return counted?.count ?? 0;
}

/** The other calls of the trace, in the order in which they ended. */
async function relatedTo(ctx: Context, callId: string, traceId: string) {
  const others = await readEntries(
    ctx,
    [sql`trace_id = ${traceId}`, sql`call_id <> ${callId}`, sql`outcome <> 'initiated'`],
    MOST_RELATED,
  );
  return others.reverse().map(({ entry: { callId, at, kind, action, outcome } }) => ({ callId, at, kind, action, outcome }));
}
