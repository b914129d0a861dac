import { coreErrors, defineAction, moment } from '@troupe-os/core';
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { entryShape, KINDS, OUTCOMES, readEntries } from '../entries.ts';

const place = z.tuple([z.iso.datetime(), z.string().regex(/^\d{1,19}$/)]);
const input = z.strictObject({
  actor: z.string().max(200).optional().describe('The id of who acted, or for whom somebody acted.'),
  action: z
    .string()
    .max(200)
    .optional()
    .describe('The name of the action, event handler, job or seed, like "ledger.post-entry".'),
  plugin: z.string().max(40).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  kind: z.enum(KINDS).optional(),
  traceId: z.string().max(64).optional().describe('All that one request led to.'),
  callId: z.uuid().optional(),
  since: moment.optional().describe('From this moment on.'),
  until: moment.optional().describe('Before this moment.'),
  limit: z.int().min(1).max(100).default(20).describe('How many at most.'),
  cursor: z.string().max(500).optional().describe('Where to go on: `nextCursor` of the answer before.'),
});

export const searchAudit = defineAction({
  name: 'governance.search-audit',
  title: 'Search the record',
  description: 'Lists what was done, refused or tried, by whom and when, the newest first. Reading the record is recorded too.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'medium',
  permission: 'governance.audit.read',
  input,
  output: z.strictObject({ items: z.array(entryShape), nextCursor: z.string().optional() }),
  async handler(ctx, query) {
    const found = await readEntries(ctx, conditionsOf(query), query.limit + 1);
    const shown = found.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ entry }) => entry),
      ...(found.length > query.limit && last && { nextCursor: makeCursor(last) }),
    };
  },
});

function conditionsOf(query: z.output<typeof input>): SQL[] {
  const { actor, action, plugin, outcome, kind, traceId, callId, since, until, cursor } = query;
  const conditions: SQL[] = [];
  if (actor !== undefined) conditions.push(sql`(actor = ${actor} or on_behalf_of = ${actor})`);
  if (action !== undefined) conditions.push(sql`action = ${action}`);
  if (plugin !== undefined) conditions.push(sql`plugin = ${plugin}`);
  if (outcome !== undefined) conditions.push(sql`outcome = ${outcome}`);
  if (kind !== undefined) conditions.push(sql`kind = ${kind}`);
  if (traceId !== undefined) conditions.push(sql`trace_id = ${traceId}`);
  if (callId !== undefined) conditions.push(sql`call_id = ${callId}`);
  if (since !== undefined) conditions.push(sql`at >= ${since.toISOString()}::timestamptz`);
  if (until !== undefined) conditions.push(sql`at < ${until.toISOString()}::timestamptz`);
  if (cursor !== undefined) {
    const [at, id] = readCursor(cursor);
    conditions.push(sql`(at, id) < (${at}::timestamptz, ${id}::bigint)`);
  }
  return conditions;
}

function makeCursor({ at, id }: { at: string; id: string }): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

function readCursor(cursor: string): z.output<typeof place> {
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw coreErrors.invalid_input(
      { issues: [{ path: 'cursor', message: 'This is no cursor of this list.', code: 'custom' }] },
      cause,
    );
  }
}
