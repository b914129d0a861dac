import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { draftKind, draftRecord, draftText, toDraft } from '../draft-shapes.ts';
import { saveDraft as save, WRITE_DRAFTS } from '../drafts.ts';
import { assetId } from '../wire.ts';

export const saveDraft = defineAction({
  name: 'assets.save-draft',
  title: 'Write a draft',
  description: 'Keeps words that you propose for a work, for a person to take or to reject. Nothing of the work is changed.',
  effect: 'write',
  consequential: false,
  personal: ['text', 'reason'],
  risk: 'low',
  permission: WRITE_DRAFTS,
  resource: { table: 'assets.assets', key: 'assetId' },
  input: z.strictObject({
    assetId,
    kind: draftKind,
    text: draftText,
    reason: z.string().trim().min(1).max(500).describe('What it is for, e.g. "the spring show asks for shorter texts".'),
    sources: z.array(assetId).max(20).default([]).describe('Ids of other works that were read for it.'),
  }),
  output: z.strictObject({ ...draftRecord.shape, isNew: z.boolean().describe('False: these words wait already.') }),
  async handler(ctx, input) {
    const { draft, isNew } = await save(ctx, input);
    return { ...toDraft(draft), isNew };
  },
});
