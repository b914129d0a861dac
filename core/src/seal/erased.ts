// Texts of the record that were emptied: each must be named by a change of the call that emptied it (migrations/core/0030_erasure.sql).
import { sql } from 'drizzle-orm';
import type { Rows } from '../db/database.ts';
import type { Finding } from './findings.ts';
import type { ChangePlace, Entry } from './leaf.ts';

export interface ErasedTexts {
  readonly counted: { readonly bodies: number; readonly sides: number };
  body(row: Pick<Entry, 'at' | 'call_id' | 'outcome'>, where: Omit<Finding, 'kind'>): void;
  /** One side of a change. */
  side(change: Pick<ChangePlace, 'at' | 'id'>, where: Omit<Finding, 'kind'>): void;
  /** Tells those since the last time that no erasure names. */
  check(rows: Rows): Promise<void>;
}

export function createErasedTexts(tell: (finding: Finding) => void): ErasedTexts {
  const counted = { bodies: 0, sides: 0 };
  const seen = new Map<string, Omit<Finding, 'kind'>>();
  return {
    counted,
    body({ at, call_id, outcome }, where) {
      counted.bodies += 1;
      seen.set(`audit_bodies ${at}/${call_id}/${outcome}`, where);
    },
    side({ at, id }, where) {
      counted.sides += 1;
      seen.set(`changes ${at}/${id}`, where);
    },
    async check(rows) {
      if (seen.size === 0) return;
      const asked = new Map(seen);
      seen.clear(); // others may be seen while the database looks
      const named = await rows<{ text: string }>(sql`select c.table_name || ' ' || c.key as text from core.changes c
        join jsonb_array_elements_text(${JSON.stringify([...asked.keys()])}::jsonb) t (text)
          on c.table_name = split_part(t.text, ' ', 1) and c.key = split_part(t.text, ' ', 2)
        where c.schema_name = 'core'`);
      for (const { text } of named) asked.delete(text);
      for (const where of asked.values()) tell({ kind: 'text.emptied', ...where });
    },
  };
}
