// What the process that works on a run tells of it.
import { z } from 'zod';
import { STEP_KINDS } from './contract.ts';
import { messageText, modelName, toolUse } from './shapes.ts';

export const runKey = { runId: z.uuid(), runner: z.uuid().describe('The process that works on the run.') };
export const requestBytes = z.int().min(0).max(100_000_000).describe('The length of the next question in bytes of UTF-8.');

export const stepKind = z.enum(STEP_KINDS).default('answer');
/** What is told from here on of all messages up to this number. */
export const summary = z.strictObject({ text: z.string().min(1).max(20_000), upTo: z.int().min(1) });

export const runBegun = z.strictObject({
  ...runKey,
  kind: stepKind,
  conversationId: z.uuid(),
  agentId: z.uuid(),
  personId: z.string().min(1).max(100),
  caller: z.string().max(10_000).describe('JSON: with what rights the run goes on.'),
  taskId: z.uuid().optional().describe('The task at which the agent works.'),
  models: z.array(modelName).min(1).max(10).describe('In the order in which they are asked.'),
  trace: z.string().max(100),
  requestId: z.string().max(200),
  memories: z.array(z.uuid()).max(10).default([]).describe('What was remembered and told to the agent before it answers.'),
  requestBytes,
});

export const modelLimits = z.strictObject({ model: z.string(), contextTokens: z.int(), mostOutputTokens: z.int() });

export const tokens = z.strictObject({
  input: z.int().min(0).max(100_000_000),
  output: z.int().min(0).max(100_000_000),
  said: z.boolean().describe("By the model's server; else they are the most that it can have been."),
});

export const answerGiven = z.strictObject({
  ...runKey,
  number: z.int().min(1),
  model: modelName.optional(),
  tokens: tokens.optional().describe('Without them the whole of what was reserved is paid.'),
  text: z.string().max(200_000),
  calls: z.string().max(2_000_000).describe('JSON: the tools that the model asks for.'),
});

export const toolResult = z.strictObject({
  toolCallId: z.string().max(200),
  ...toolUse.shape,
  action: toolUse.shape.action.optional().describe('Without one it was no action, and is no message of the conversation.'),
  text: messageText.describe('For people.'),
  told: z.string().max(200_000).describe('JSON: for the model.'),
  taints: z.boolean(),
});

export const keptStep = z.strictObject({
  number: z.int(),
  kind: z.enum(STEP_KINDS),
  isDone: z.boolean(),
  text: z.string(),
  calls: z.string(),
  results: z.string(),
});
