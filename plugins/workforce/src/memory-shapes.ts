// What actions say of memories.
import { moment } from '@troupe-os/core';
import { z } from 'zod';
import { MEMORY_SCOPES } from './contract.ts';
import { COMPANY, type Memory } from './memories.ts';

export const memoryText = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .describe('One fact, in a sentence or two that can be understood alone.');

export const memoryScope = z
  .enum(MEMORY_SCOPES)
  .describe(
    'Who sees it: "person" you alone, "agent" whoever talks with one agent, "department", "brand", or "company" everybody who works on the whole company.',
  );

export const memoryRecord = z.strictObject({
  memoryId: z.uuid(),
  text: z.string(),
  scope: memoryScope,
  scopeId: z.string().optional().describe('Of the agent, the department or the brand.'),
  savedBy: z.string(),
  savedByName: z.string(),
  personId: z.string().describe('On whose behalf it was saved.'),
  tainted: z.boolean().describe('Words from outside had been read where it was saved.'),
  callId: z.uuid().describe('The call that saved it, in the record.'),
  conversationId: z.uuid().optional().describe('In which an agent saved it.'),
  messageId: z.uuid().optional(),
  createdAt: moment,
  expiresAt: moment.optional(),
});

export function toMemory({ id, scopeId, conversationId, messageId, expiresAt, ...memory }: Memory) {
  return {
    memoryId: id,
    ...memory,
    ...(scopeId === COMPANY || memory.scope === 'person' ? {} : { scopeId }),
    ...(conversationId === null ? {} : { conversationId }),
    ...(messageId === null ? {} : { messageId }),
    ...(expiresAt === null ? {} : { expiresAt }),
  };
}
