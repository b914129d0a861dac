import { cursorsOf, defineAction, moment, pageInput } from '@troupe-os/core';
import { z } from 'zod';
import { rowKey, seenWords, tableName } from '../untrusted-rows.ts';

const byKey = cursorsOf('governance.list-untrusted-rows', [tableName, rowKey]);

export const listUntrustedRows = defineAction({
  name: 'governance.list-untrusted-rows',
  title: 'Rows with words from outside',
  description:
    'Lists rows that hold words which somebody outside wrote, or a run that had read such words: an agent that reads one of them needs a yes for all of consequence. It shows where they are, not what they say.',
  effect: 'read',
  untrustedOutput: true, // a key may hold words
  risk: 'low',
  permission: 'governance.words.trust',
  input: z.strictObject({
    table: tableName.optional().describe('Like "assets.assets".'),
    key: rowKey.optional().describe('Only the rows of this key.'),
    ...pageInput,
  }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        table: z.string(),
        key: z.string().describe('The parts of its primary key, with "/" between them.'),
        callId: z.string().describe('The last call that wrote such words into it, as governance.get-call shows it.'),
        at: moment,
        seen: seenWords.describe('For governance.trust-rows: another once more such words have been written.'),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { table, key, limit, cursor }) {
    const [afterTable, afterKey] = byKey.read(cursor) ?? [];
    const after = afterTable !== undefined && afterKey !== undefined ? { table: afterTable, key: afterKey } : undefined;
    const rows = await ctx.untrustedRows({ table, key, after, limit: limit + 1 });
    return byKey.page(rows, limit, (last) => [last.table, last.key]);
  },
});
