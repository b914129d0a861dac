import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { openRuns } from '../runs.ts';

export const listOpenRuns = defineAction({
  name: 'workforce.list-open-runs',
  title: 'Runs that are not over',
  description: 'Lists the answers that are being written now, the oldest first, each with the process that works on it.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.run.keep',
  input: z.strictObject({ limit: z.int().min(1).max(1000).default(100) }),
  output: z.strictObject({
    items: z.array(z.strictObject({ runId: z.uuid(), runner: z.uuid() })),
  }),
  handler: async (ctx, { limit }) => ({ items: await openRuns(ctx, limit) }),
});
