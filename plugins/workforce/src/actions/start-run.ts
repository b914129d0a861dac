import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { modelLimits, runBegun } from '../run-shapes.ts';
import { beginRun } from '../runs.ts';

export const startRun = defineAction({
  name: 'workforce.start-run',
  title: 'Start a run',
  description:
    "Begins the answer of an agent: its message, and its first step, with the model's cost set aside. The house does it by itself.",
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  input: runBegun,
  output: z.strictObject({
    messageId: z.uuid(),
    sequence: z.int(),
    tainted: z.boolean(),
    models: z.array(modelLimits),
  }),
  handler: beginRun,
});
