import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { changeCard, KEEP_CARDS, messageRef } from '../cards.ts';

export const keepCard = defineAction({
  name: 'workforce.keep-card',
  title: 'An approval stands in a chat',
  description: 'Keeps under which name the message stands that shows an approval. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: KEEP_CARDS,
  input: z.strictObject({ cardId: z.uuid(), messageRef }),
  output: z.strictObject({}),
  async handler(ctx, { cardId, messageRef }) {
    await changeCard(ctx, cardId, { messageRef });
    return {};
  },
});
