import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { channel, KEEP_CARDS, openCard, place } from '../cards.ts';

export const openCardAction = defineAction({
  name: 'workforce.open-card',
  title: 'An approval is shown in a chat',
  description: 'Says that a copy of an approval is sent to a place. Whoever says so first sends it. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: KEEP_CARDS,
  input: z.strictObject({ approvalId: z.uuid(), personId: z.string().min(1).max(100), channel, place }),
  output: z.strictObject({ cardId: z.uuid(), isFirst: z.boolean() }),
  handler: openCard,
});
