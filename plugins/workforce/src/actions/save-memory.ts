import { defineAction, moment } from '@troupe-os/core';
import { embedText } from '@troupe-os/core/search';
import { z } from 'zod';
import { saveMemory as save } from '../memories.ts';
import { memoryRecord, memoryScope, memoryText, toMemory } from '../memory-shapes.ts';
import { USE_MEMORY } from '../memory-standing.ts';

export const saveMemory = defineAction({
  name: 'workforce.save-memory',
  title: 'Remember',
  description:
    'Keeps a fact for later: agents are told of it where it matters, and it can be searched. The same text is kept once for each scope.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: USE_MEMORY,
  private: true,
  personal: ['text'],
  input: z.strictObject({
    text: memoryText,
    scope: memoryScope.default('person'),
    scopeId: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('The id of the agent, the department or the brand; for an agent that saves for itself it may be left out.'),
    expiresAt: moment.optional().describe('From when on it is forgotten.'),
  }),
  output: z.strictObject({ ...memoryRecord.shape, isNew: z.boolean().describe('False: it was kept already, as it is here.') }),
  prepare: (tools, { text }) => embedText(tools, onOneLine(text)),
  async handler(ctx, { text, ...memory }, embedding) {
    const { memory: kept, isNew } = await save(ctx, { ...memory, text: onOneLine(text) }, embedding);
    return { ...toMemory(kept), isNew };
  },
});

/** Texts that differ in blanks alone are one memory. */
const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
