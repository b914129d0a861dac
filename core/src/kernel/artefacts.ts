// What a surface must find again in any process, for a while only. No record of anybody's: nothing here is captured.
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { databaseError } from '../db/database-error.ts';
import { defineErrors } from '../errors.ts';

export const artefactErrors = defineErrors('core', {
  family_ended: { kind: 'conflict', message: 'What this belongs to has ended.' },
  too_many_artefacts: {
    kind: 'limited',
    message: 'Too much of this was begun and not ended. Wait a while, and try again.',
    constraints: ['artefacts_capped'],
  },
});

export interface Artefact {
  readonly kind: string;
  /** Random, and a secret of whoever presents it: kept as SHA-256 only. */
  readonly id: string;
  /** In which the id itself must not stand. */
  readonly payload: string;
  readonly lastsSeconds: number;
  /** What it ends with, as `beginFamily` named it. */
  readonly family?: string;
  readonly cap?: ArtefactCap;
}

/** How many of a kind may wait at once, counting those that end no later than a minute after this one. */
export interface ArtefactCap {
  /** Marks from where it was asked for; undefined: nobody knows, or from this very machine. */
  readonly from: string | undefined;
  readonly mostFrom: number;
  readonly mostInAll: number;
}

export interface Artefacts {
  /** Stores one, or stores it anew. Errors: core.family_ended, core.too_many_artefacts. */
  put(artefact: Artefact): Promise<void>;
  /** Undefined: there is none, or it has ended. `usedMs`: how long ago it was first used. */
  find(kind: string, id: string): Promise<{ payload: string; usedMs: number | undefined } | undefined>;
  /** Marks it as used. Answers whether this was the first use: of several at once, one is. */
  consume(kind: string, id: string): Promise<boolean>;
  delete(kind: string, id: string): Promise<void>;
  /** Deletes those of a kind that belong to a family. */
  deleteOf(kind: string, family: string): Promise<void>;
  /** Begins a family, or moves its end. */
  beginFamily(family: string, lastsSeconds: number): Promise<void>;
  /** Ends all that belongs to it, and all that would. */
  endFamily(family: string): Promise<void>;
  /** Deletes what has ended. */
  sweep(): Promise<void>;
}

const FOREIGN_KEY = '23503';
const SWEPT_AT_ONCE = 10_000;

export function createArtefacts({ database, clock }: { database: Database; clock(): Date }): Artefacts {
  const now = () => clock().toISOString();
  const end = (lastsSeconds: number) => new Date(clock().getTime() + lastsSeconds * 1000).toISOString();

  return {
    async put({ kind, id, payload, lastsSeconds, family, cap }) {
      try {
        await database.rows(sql`select core.put_artefact(${kind}, ${hashOf(id)}, ${family ?? null}, ${payload}, ${end(lastsSeconds)},
          ${now()}, ${cap?.from ?? null}, ${cap?.mostFrom ?? null}, ${cap?.mostInAll ?? null})`);
      } catch (error) {
        const refused = databaseError(error);
        if (refused?.constraint === 'artefacts_capped') throw artefactErrors.too_many_artefacts(undefined, error);
        throw refused?.sqlstate === FOREIGN_KEY ? artefactErrors.family_ended(undefined, error) : error;
      }
    },
    async find(kind, id) {
      const [row] = await database.rows<{ payload: string; consumed_at: Date | null }>(sql`
        select payload, consumed_at from core.artefacts where kind = ${kind} and id_hash = ${hashOf(id)} and expires_at > ${now()}`);
      if (!row) return undefined;
      return { payload: row.payload, usedMs: row.consumed_at ? clock().getTime() - row.consumed_at.getTime() : undefined };
    },
    async consume(kind, id) {
      const rows = await database.rows(sql`update core.artefacts set consumed_at = ${now()}
        where kind = ${kind} and id_hash = ${hashOf(id)} and consumed_at is null returning 1`);
      return rows.length > 0;
    },
    async delete(kind, id) {
      await database.rows(sql`delete from core.artefacts where kind = ${kind} and id_hash = ${hashOf(id)}`);
    },
    async deleteOf(kind, family) {
      await database.rows(sql`delete from core.artefacts where kind = ${kind} and family = ${family}`);
    },
    async beginFamily(family, lastsSeconds) {
      await database.rows(sql`insert into core.artefact_families (id, expires_at) values (${family}, ${end(lastsSeconds)})
        on conflict (id) do update set expires_at = excluded.expires_at`);
    },
    async endFamily(family) {
      await database.rows(sql`delete from core.artefact_families where id = ${family}`);
    },
    async sweep() {
      await database.rows(sql`delete from core.artefacts where (kind, id_hash) in
        (select kind, id_hash from core.artefacts where expires_at <= ${now()} limit ${SWEPT_AT_ONCE})`);
      await database.rows(sql`delete from core.artefact_families where expires_at <= ${now()}`);
    },
  };
}

/** SHA-256 in hex. */
function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
