import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { described, draftId, workOfDraft } from '../draft-shapes.ts';
import { reopenDraft as reopen } from '../drafts.ts';

export const reopenDraft = defineAction({
  name: 'assets.reopen-draft',
  title: 'Take the decision on a draft back',
  description:
    'A draft that was accepted or rejected waits again. The work has the description that it had, unless that was changed since.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'assets.asset.write',
  resource: workOfDraft,
  input: z.strictObject({ draftId }),
  output: z.strictObject({ draftId }),
  prepare: (tools, input) => described(tools, input.draftId, ({ replaced }) => replaced),
  async handler(ctx, input, prepared) {
    await reopen(ctx, input.draftId, prepared);
    return { draftId: input.draftId };
  },
});
