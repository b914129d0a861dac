import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { draftId, workOfDraft } from '../draft-shapes.ts';
import { rejectDraft as reject } from '../drafts.ts';

const DAY_SECONDS = 86_400;

export const rejectDraft = defineAction({
  name: 'assets.reject-draft',
  title: 'Reject a draft',
  description: 'Says that words that were proposed for a work are not used, and why.',
  effect: 'write',
  consequential: false,
  personal: ['note'],
  risk: 'low',
  permission: 'assets.asset.write',
  resource: workOfDraft,
  input: z.strictObject({
    draftId,
    note: z.string().trim().min(1).max(500).optional().describe('Why, for whoever writes the next one.'),
  }),
  output: z.strictObject({ draftId }),
  undo: { action: 'assets.reopen-draft', withinSeconds: DAY_SECONDS, input: (input) => ({ draftId: input.draftId }) },
  async handler(ctx, input) {
    await reject(ctx, input.draftId, input.note);
    return { draftId: input.draftId };
  },
});
