// All that other plugins may import from this one.
import { defineEvent } from '@troupe-os/core/contract';
import { z } from 'zod';

/** An item was added. Its subject is the item. */
export const itemAdded = defineEvent({
  name: 'sample.item-added',
  subject: ({ itemId }) => itemId,
  schema: z.strictObject({ itemId: z.uuid(), title: z.string() }),
});
