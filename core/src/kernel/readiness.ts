// Whether a call could be recorded now: all that a call writes of itself is written, and rolled back.
import { sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { record } from './audit.ts';
import { service } from './call.ts';

/** Also waiting for a connection: whoever asks wants to know within seconds. */
const PROBE_MS = 2_000;

/** Answers what is wrong, for anybody to read; undefined: a call would be recorded. */
export async function recordFault(database: Pick<Database, 'transaction'>): Promise<string | undefined> {
  try {
    await database.transaction({ timeoutMs: PROBE_MS }, async (tx) => {
      const facts = {
        callId: crypto.randomUUID(),
        kind: 'action',
        cause: 'ready',
        plugin: 'core',
        pluginVersion: '0',
        action: 'core.ready',
        effect: 'read',
        call: { caller: { principal: service('core'), tainted: false }, requestId: 'ready' },
        input: {},
        digest: '',
      } as const;
      await tx.rows(sql`select core.probe_changes(${facts.callId})`);
      await record(tx, facts, 'previewed');
      throw new Ready();
    });
  } catch (error) {
    if (!(error instanceof Ready)) return 'the database does not take a row of the record';
  }
  return undefined;
}

/** Rolls the probe back: it must leave nothing. */
class Ready extends Error {}
