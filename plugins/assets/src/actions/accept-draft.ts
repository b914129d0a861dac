import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { described, draftId, workOfDraft } from '../draft-shapes.ts';
import { acceptDraft as accept } from '../drafts.ts';

const DAY_SECONDS = 86_400;

export const acceptDraft = defineAction({
  name: 'assets.accept-draft',
  title: 'Accept a draft',
  description:
    'Takes words that were proposed for a work. Those for its description become it, unless its words were changed since.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'assets.asset.write',
  resource: workOfDraft,
  input: z.strictObject({ draftId }),
  output: z.strictObject({ draftId, before: z.string().optional().describe('The description in whose place it stands.') }),
  undo: { action: 'assets.reopen-draft', withinSeconds: DAY_SECONDS, input: (input) => ({ draftId: input.draftId }) },
  prepare: (tools, input) => described(tools, input.draftId, ({ kind, text }) => (kind === 'description' ? text : null)),
  async handler(ctx, input, prepared) {
    return { draftId: input.draftId, before: await accept(ctx, input.draftId, prepared) };
  },
});
