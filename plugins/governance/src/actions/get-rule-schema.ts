import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { loadCedar } from '../cedar/engine.ts';
import { schemaFor } from '../cedar/schema.ts';
import { governanceErrors } from '../errors.ts';

export const getRuleSchema = defineAction({
  name: 'governance.get-rule-schema',
  title: 'What a rule can look at',
  description:
    'Answers the Cedar schema of a permission or an action: what a rule about it can ask of who acts, of the input and of the record.',
  effect: 'read',
  risk: 'low',
  permission: 'governance.rule.read',
  input: z.strictObject({ target: z.string().min(3).max(120).describe('A permission or the name of an action.') }),
  output: z.strictObject({ schema: z.string().describe('https://docs.cedarpolicy.com/schema/human-readable-schema.html') }),
  async handler(ctx, { target }) {
    const schema = schemaFor(ctx.catalogue, target);
    const text = schema && (await loadCedar()).schemaToText(schema);
    if (text?.type !== 'success') throw governanceErrors.unknown_target({ target });
    return { schema: text.text };
  },
});
