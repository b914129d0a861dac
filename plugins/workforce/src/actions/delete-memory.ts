import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { deleteMemory as forget } from '../memories.ts';
import { USE_MEMORY } from '../memory-standing.ts';

export const deleteMemory = defineAction({
  name: 'workforce.delete-memory',
  title: 'Forget',
  description:
    'Deletes a memory for good: nobody finds it from then on, and no agent is told of it. You delete what was saved for you; who is in charge of those who see it deletes any.',
  effect: 'write',
  consequential: true,
  risk: 'low',
  private: true,
  permission: USE_MEMORY,
  input: z.strictObject({ memoryId: z.uuid() }),
  output: z.strictObject({ memoryId: z.uuid() }),
  async handler(ctx, { memoryId }) {
    await forget(ctx, memoryId);
    return { memoryId };
  },
});
