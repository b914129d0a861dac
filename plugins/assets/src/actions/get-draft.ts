import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { draftId, draftRecord, toDraft } from '../draft-shapes.ts';
import { readDraft } from '../drafts.ts';
import { READ_ALL } from '../visibility.ts';

export const getDraft = defineAction({
  name: 'assets.get-draft',
  title: 'One draft',
  description: 'Shows words that were proposed for a work, beside what the work says now.',
  effect: 'read',
  risk: 'low',
  permission: READ_ALL,
  input: z.strictObject({ draftId }),
  output: z.strictObject({
    ...draftRecord.shape,
    title: z.string().describe('Of the work.'),
    description: z.string().describe('Of the work, as it is.'),
    isOutdated: z.boolean().describe('The words of the work were changed since: it can be rejected, not accepted.'),
  }),
  async handler(ctx, input) {
    const { draft, asset, isOutdated } = await readDraft(ctx, input.draftId);
    return { ...toDraft(draft), title: asset.title, description: asset.description, isOutdated };
  },
});
