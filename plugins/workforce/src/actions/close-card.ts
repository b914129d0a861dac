import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { changeCard, KEEP_CARDS } from '../cards.ts';

export const closeCard = defineAction({
  name: 'workforce.close-card',
  title: 'An approval in a chat says what became of it',
  description:
    'Says that the message that showed an approval shows its end, and can be answered no more. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: KEEP_CARDS,
  input: z.strictObject({ cardId: z.uuid() }),
  output: z.strictObject({}),
  async handler(ctx, { cardId }) {
    await changeCard(ctx, cardId, { state: 'closed' });
    return {};
  },
});
