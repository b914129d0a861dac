// What several actions say of agents, conversations and messages.
import { amount, moment } from '@troupe-os/core';
import { z } from 'zod';
import { AGENT_STATES, AUTHOR_KINDS, MESSAGE_STATUSES, TOOL_OUTCOMES } from './contract.ts';
import type { agents, conversations, messages } from './schema.ts';

export const agentName = z.string().trim().min(1).max(100).describe('What people call the agent, e.g. "Concierge".');
export const agentFields = {
  role: z.string().trim().min(1).max(200).describe('What the agent is there for, in a few words.'),
  description: z.string().max(2000).describe('For people who choose an agent.'),
  instructions: z.string().max(20_000).describe('What the agent is told before each conversation.'),
  departments: z.array(z.string().trim().min(1).max(100)).min(1).max(20),
};
export const modelName = z
  .string()
  .regex(/^[a-z0-9_-]+\/.+$/)
  .max(200)
  .describe('The model as provider/model, e.g. "anthropic/claude-sonnet-4-5".');
/** What asking models may cost in a day. */
export const dailyMicroUsd = amount
  .refine((value) => value >= 0n && value <= 1_000_000_000_000n, 'From 0 to a million dollars.')
  .describe('In millionths of a US dollar, e.g. "1000000" for 1 dollar.');
export const agentActions = z
  .array(z.string().min(1).max(200))
  .max(199)
  .describe(
    'The names of the actions that the agent is kept to, of those that its roles open, e.g. "assets.search". Reading the conversation that it answers in is always among them.',
  );
export const conversationTitle = z.string().trim().min(1).max(200);
export const messageText = z.string().max(100_000);

export const agentRecord = z.strictObject({
  agentId: z.uuid(),
  name: z.string(),
  ...agentFields,
  model: z.string().optional().describe('Without one the model of the installation.'),
  state: z.enum(AGENT_STATES),
  responsibleId: z.string(),
  createdAt: moment,
});

export const agentDetail = agentRecord.extend({
  roles: z
    .array(z.strictObject({ role: z.string(), brandId: z.string().optional(), departmentId: z.string().optional() }))
    .describe('What it acts by; for a person it does what both may do.'),
  actions: z.array(z.string()).optional().describe('The actions that it is kept to; without them all that its roles open.'),
  dailyMicroUsd: dailyMicroUsd
    .optional()
    .describe('Its own budget for models, for those who see budgets; without one that of "*".'),
});

export function toAgent({ id, model, updatedAt: _, ...agent }: typeof agents.$inferSelect) {
  return { agentId: id, ...agent, model: model ?? undefined };
}

export const conversationRecord = z.strictObject({
  conversationId: z.uuid(),
  ownerId: z.string(),
  agentId: z.uuid().optional(),
  agentName: z.string().optional(),
  title: z.string(),
  surface: z.string(),
  tainted: z.boolean().describe('Text from outside was read here, so nothing of consequence is done without a yes.'),
  createdAt: moment,
  updatedAt: moment,
});

export function toConversation({
  id,
  agentId,
  title,
  lastSequence: _,
  summary: ___,
  summarySequence: ____,
  place: _____,
  nameOf: __,
  agentName: name,
  ...conversation
}: typeof conversations.$inferSelect & { nameOf: string | null; agentName: string | null }) {
  return {
    conversationId: id,
    ...conversation,
    agentId: agentId ?? undefined,
    agentName: name ?? undefined,
    title: title ?? 'New conversation',
  };
}

/** A tool that was used, or the command that a person gave. */
export const toolUse = z.strictObject({
  action: z.string().max(200),
  input: z.string().max(100_000).optional().describe('The input as JSON, without its secrets.'),
  callId: z.uuid().optional().describe('The call in the record.'),
  outcome: z.enum(TOOL_OUTCOMES),
  error: z.string().max(200).optional().describe('The code of the error.'),
  approvalId: z.uuid().optional().describe('The approval that it waits for, or waited for.'),
});

export const messageRecord = z.strictObject({
  messageId: z.uuid(),
  sequence: z.int(),
  author: z.enum(AUTHOR_KINDS),
  authorId: z.string(),
  authorName: z.string(),
  text: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  tool: toolUse.optional(),
  memories: z
    .array(
      z.strictObject({ memoryId: z.uuid(), text: z.string().optional().describe('Missing: it is deleted, or not for you.') }),
    )
    .optional()
    .describe('What was remembered and told to the agent before it answered.'),
  createdAt: moment,
});

export function toMessage(row: typeof messages.$inferSelect) {
  const { id, sequence, authorKind, authorId, authorName, text, status, createdAt, toolAction, toolOutcome } = row;
  const tool = toolAction !== null &&
    toolOutcome !== null && {
      action: toolAction,
      input: row.toolInput ?? undefined,
      callId: row.toolCallId ?? undefined,
      outcome: toolOutcome,
      error: row.toolError ?? undefined,
      approvalId: row.toolApprovalId ?? undefined,
    };
  const message = { messageId: id, sequence, author: authorKind, authorId, authorName, text, status, createdAt };
  return tool ? { ...message, tool } : message;
}
