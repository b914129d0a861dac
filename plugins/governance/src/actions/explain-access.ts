import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { governanceErrors } from '../errors.ts';

export const explainAccess = defineAction({
  name: 'governance.explain-access',
  title: 'Why somebody may or may not',
  description:
    'Says whether somebody may use an action now, and names the role, rule, policy or switch that decides. Limits and tiers are decided on what a call does: a dry run shows them.',
  effect: 'read',
  risk: 'medium',
  permission: 'governance.rule.read',
  input: z.strictObject({
    actorId: z.string().min(1).max(200).describe('The id of a person or an agent; `guest` for visitors.'),
    onBehalfOf: z.string().min(1).max(200).optional().describe('The id of the person for whom an agent acts.'),
    action: z.string().min(1).max(120),
    input: z.json().optional().describe('The input, for rules that look at it.'),
  }),
  output: z.strictObject({
    decision: z
      .enum(['yes', 'unknown', 'denied', 'needs a yes', 'switched off'])
      .describe('unknown: the action does not exist for them.'),
    decidedBy: z.string(),
    steps: z.array(z.strictObject({ says: z.string(), why: z.string() })),
  }),
  async handler(ctx, question) {
    const steps = await ctx.explain(question);
    const last = steps?.at(-1);
    if (!steps || !last) throw governanceErrors.unknown_actor();
    return { decision: last.says, decidedBy: last.why, steps: steps.map((step) => ({ ...step })) };
  },
});
