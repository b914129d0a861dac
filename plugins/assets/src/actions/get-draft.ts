import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { besideWork, draftBesideWork, draftId } from '../draft-shapes.ts';
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
  output: draftBesideWork,
  async handler(ctx, input) {
    return besideWork(await readDraft(ctx, input.draftId));
  },
});
