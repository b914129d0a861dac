import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { isSignedIn } from '../approvals.ts';
import { governanceErrors } from '../errors.ts';
import { rowKey, tableName } from '../untrusted-rows.ts';

export const trustRows = defineAction({
  name: 'governance.trust-rows',
  title: 'Answer for words from outside',
  description:
    'Says that you have read what these rows say, and what the record keeps of how they came to say it, and that the company answers for it. Agents that read them are not tainted from then on. All of them or none.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'governance.words.trust',
  input: z.strictObject({
    table: tableName.describe('Like "assets.assets".'),
    keys: z.array(rowKey).min(1).max(500).describe('As governance.list-untrusted-rows answers them.'),
  }),
  output: z.strictObject({ trusted: z.int() }),
  async handler(ctx, { table, keys }) {
    // a token or an app is a program, and may be a model's
    if (ctx.actor.kind !== 'operator' && !isSignedIn(ctx)) throw governanceErrors.signed_in_only();
    const wanted = [...new Set(keys)];
    const trusted = await ctx.trustRows(table, wanted);
    const missing = wanted.find((key) => !trusted.includes(key));
    if (missing !== undefined) throw governanceErrors.unknown_untrusted_row({ table, key: missing });
    return { trusted: trusted.length };
  },
});
