import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { isSignedIn } from '../approvals.ts';
import { governanceErrors } from '../errors.ts';
import { rowKey, seenWords, tableName } from '../untrusted-rows.ts';

export const trustRows = defineAction({
  name: 'governance.trust-rows',
  title: 'Answer for words from outside',
  description:
    'Says that you have read what these rows say, and what the record keeps of how they came to say it, and that the company answers for it. Agents that read them are not tainted from then on. Where more such words came since you listed them, it is refused. All of them or none.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'governance.words.trust',
  input: z.strictObject({
    table: tableName.describe('Like "assets.assets".'),
    rows: z
      .array(z.strictObject({ key: rowKey, seen: seenWords }))
      .min(1)
      .max(500)
      .describe('As governance.list-untrusted-rows answers them.'),
  }),
  output: z.strictObject({ trusted: z.int() }),
  async handler(ctx, { table, rows }) {
    // a token or an app is a program, and may be a model's
    if (ctx.actor.kind !== 'operator' && !isSignedIn(ctx)) throw governanceErrors.signed_in_only();
    const byKey = new Map(rows.map((row) => [row.key, row]));
    for (const { key, became } of await ctx.trustRows(table, [...byKey.values()])) {
      if (became === 'missing') throw governanceErrors.unknown_untrusted_row({ table, key });
      if (became === 'rewritten') throw governanceErrors.rewritten_row({ table, key });
    }
    return { trusted: byKey.size };
  },
});
