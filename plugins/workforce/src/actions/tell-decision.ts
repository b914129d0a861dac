import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { DECIDED_STATES } from '../contract.ts';
import { tellDecision as tell } from '../task-waits.ts';

export const tellDecision = defineAction({
  name: 'workforce.tell-decision',
  title: 'Tell agents what was decided',
  description: 'Tells the tasks that wait for an approval what became of it. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  input: z
    .strictObject({ approvalId: z.uuid(), state: z.enum(DECIDED_STATES), replacedBy: z.uuid().optional() })
    .refine(
      ({ state, replacedBy }) => (state === 'replaced') === (replacedBy !== undefined),
      'what was replaced, and only that, names what it was replaced by',
    ),
  output: z.strictObject({}),
  async handler(ctx, { approvalId, ...decision }) {
    await tell(ctx, approvalId, decision);
    return {};
  },
});
