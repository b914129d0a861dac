import { CHANNELS } from '@troupe-os/core';
import { anyVector, tsvector } from '@troupe-os/core/search';
import { sql } from 'drizzle-orm';
import { bigint, boolean, date, integer, pgSchema, primaryKey, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import {
  AGENT_STATES,
  ASSIGNEE_KINDS,
  AUTHOR_KINDS,
  BUDGET_KINDS,
  MEMORY_SCOPES,
  MESSAGE_STATUSES,
  RUN_STATES,
  SCHEDULE_KINDS,
  SCHEDULE_STATES,
  STEP_KINDS,
  STEP_STATES,
  TASK_APPROVAL_STATES,
  TASK_STATES,
  TASK_WAITS,
  TOOL_OUTCOMES,
} from './contract.ts';

const workforce = pgSchema('workforce');
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const microUsd = (name: string) => bigint(name, { mode: 'bigint' });

export const agents = workforce.table('agents', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  role: text().notNull(),
  description: text().notNull(),
  instructions: text().notNull(),
  model: text(),
  departments: text().array().notNull(),
  state: text({ enum: AGENT_STATES }).notNull(),
  responsibleId: text('responsible_id').notNull(),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
});

export const conversations = workforce.table('conversations', {
  id: uuid().primaryKey(),
  ownerId: text('owner_id').notNull(),
  agentId: uuid('agent_id'),
  title: text(),
  surface: text().notNull(),
  place: text(),
  tainted: boolean().notNull().default(false),
  lastSequence: integer('last_sequence').notNull().default(0),
  summary: text(),
  summarySequence: integer('summary_sequence').notNull().default(0),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
});

export const cards = workforce.table('cards', {
  id: uuid().primaryKey(),
  approvalId: uuid('approval_id').notNull(),
  personId: text('person_id').notNull(),
  channel: text({ enum: CHANNELS }).notNull(),
  place: text().notNull(),
  messageRef: text('message_ref'),
  state: text({ enum: ['open', 'closed'] }).notNull(),
  createdAt: at('created_at').notNull(),
});

export const messages = workforce.table('messages', {
  id: uuid().primaryKey(),
  conversationId: uuid('conversation_id').notNull(),
  sequence: integer().notNull(),
  authorKind: text('author_kind', { enum: AUTHOR_KINDS }).notNull(),
  authorId: text('author_id').notNull(),
  authorName: text('author_name').notNull(),
  text: text().notNull(),
  status: text({ enum: MESSAGE_STATUSES }).notNull(),
  toolAction: text('tool_action'),
  toolInput: text('tool_input'),
  toolCallId: uuid('tool_call_id'),
  toolOutcome: text('tool_outcome', { enum: TOOL_OUTCOMES }),
  toolError: text('tool_error'),
  toolApprovalId: uuid('tool_approval_id'),
  replacesFrom: integer('replaces_from'),
  createdAt: at('created_at').notNull(),
  finishedAt: at('finished_at'),
});

export const modelPrices = workforce.table('model_prices', {
  model: text().primaryKey(),
  inputMicroUsd: microUsd('input_micro_usd').notNull(),
  outputMicroUsd: microUsd('output_micro_usd').notNull(),
  contextTokens: integer('context_tokens').notNull(),
  mostOutputTokens: integer('most_output_tokens').notNull(),
  updatedAt: at('updated_at').notNull(),
});

export const budgets = workforce.table(
  'budgets',
  {
    kind: text({ enum: BUDGET_KINDS }).notNull(),
    actorId: text('actor_id').notNull(),
    dailyMicroUsd: microUsd('daily_micro_usd').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.actorId] })],
);

export const spending = workforce.table(
  'spending',
  {
    kind: text({ enum: BUDGET_KINDS }).notNull(),
    actorId: text('actor_id').notNull(),
    day: date({ mode: 'string' }).notNull(),
    reservedMicroUsd: microUsd('reserved_micro_usd').notNull(),
    spentMicroUsd: microUsd('spent_micro_usd').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.actorId, table.day] })],
);

export const runs = workforce.table('runs', {
  id: uuid().primaryKey(),
  conversationId: uuid('conversation_id').notNull(),
  messageId: uuid('message_id').notNull(),
  agentId: uuid('agent_id').notNull(),
  personId: text('person_id').notNull(),
  caller: text().notNull(),
  models: text().array().notNull(),
  trace: text().notNull(),
  requestId: text('request_id').notNull(),
  taskId: uuid('task_id'),
  state: text({ enum: RUN_STATES }).notNull(),
  error: text(),
  runner: uuid().notNull(),
  takeovers: integer().notNull(),
  lastStep: integer('last_step').notNull(),
  memories: uuid().array().notNull().default([]),
  costMicroUsd: microUsd('cost_micro_usd').notNull(),
  createdAt: at('created_at').notNull(),
  finishedAt: at('finished_at'),
});

export const steps = workforce.table('steps', {
  id: uuid().primaryKey(),
  runId: uuid('run_id').notNull(),
  number: integer().notNull(),
  personId: text('person_id').notNull(),
  kind: text({ enum: STEP_KINDS }).notNull(),
  state: text({ enum: STEP_STATES }).notNull(),
  day: date({ mode: 'string' }).notNull(),
  reservedMicroUsd: microUsd('reserved_micro_usd').notNull(),
  model: text(),
  inputTokens: bigint('input_tokens', { mode: 'number' }),
  outputTokens: bigint('output_tokens', { mode: 'number' }),
  tokensSaid: boolean('tokens_said'),
  costMicroUsd: microUsd('cost_micro_usd'),
  text: text().notNull(),
  calls: text().notNull(),
  results: text().notNull(),
  askedAt: at('asked_at').notNull(),
  answeredAt: at('answered_at'),
  finishedAt: at('finished_at'),
});

export const tasks = workforce.table('tasks', {
  id: uuid().primaryKey(),
  number: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
  title: text().notNull(),
  brief: text().notNull(),
  assigneeKind: text('assignee_kind', { enum: ASSIGNEE_KINDS }).notNull(),
  assigneeId: text('assignee_id').notNull(),
  createdBy: text('created_by').notNull(),
  createdByName: text('created_by_name').notNull(),
  personId: text('person_id').notNull(),
  mandate: text().notNull(),
  priority: smallint().notNull(),
  dueAt: at('due_at'),
  state: text({ enum: TASK_STATES }).notNull(),
  waitsFor: text('waits_for', { enum: TASK_WAITS }),
  nextTryAt: at('next_try_at').notNull(),
  attempts: integer().notNull().default(0),
  mostAttempts: integer('most_attempts').notNull(),
  output: text(),
  error: text(),
  tainted: boolean().notNull().default(false),
  parentId: uuid('parent_id'),
  depth: smallint().notNull().default(0),
  awaited: boolean().notNull().default(false),
  conversationId: uuid('conversation_id'),
  scheduleId: uuid('schedule_id'),
  slot: text(),
  payload: text(),
  /** So many schedules had set each other off, by events, before it. */
  chain: smallint().notNull().default(0),
  runner: uuid(),
  costMicroUsd: microUsd('cost_micro_usd').notNull().default(0n),
  interventions: integer().notNull().default(0),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
  startedAt: at('started_at'),
  finishedAt: at('finished_at'),
});

export const taskDependencies = workforce.table(
  'task_dependencies',
  {
    taskId: uuid('task_id').notNull(),
    dependsOnId: uuid('depends_on_id').notNull(),
    personId: text('person_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.dependsOnId] })],
);

export const taskApprovals = workforce.table(
  'task_approvals',
  {
    taskId: uuid('task_id').notNull(),
    approvalId: uuid('approval_id').notNull(),
    personId: text('person_id').notNull(),
    state: text({ enum: TASK_APPROVAL_STATES }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.approvalId] })],
);

export const schedules = workforce.table('schedules', {
  id: uuid().primaryKey(),
  title: text().notNull(),
  brief: text().notNull(),
  agentId: uuid('agent_id').notNull(),
  personId: text('person_id').notNull(),
  personName: text('person_name').notNull(),
  mandate: text().notNull(),
  priority: smallint().notNull(),
  kind: text({ enum: SCHEDULE_KINDS }).notNull(),
  cron: text(),
  timeZone: text('time_zone'),
  event: text(),
  filter: text().notNull().default('{}'),
  secretNumber: integer('secret_number').notNull().default(1),
  state: text({ enum: SCHEDULE_STATES }).notNull(),
  nextDueAt: at('next_due_at'),
  lastFiredAt: at('last_fired_at'),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
});

export const memories = workforce.table('memories', {
  id: uuid().primaryKey(),
  text: text().notNull(),
  scope: text({ enum: MEMORY_SCOPES }).notNull(),
  scopeId: text('scope_id').notNull(),
  personId: text('person_id').notNull(),
  savedBy: text('saved_by').notNull(),
  savedByName: text('saved_by_name').notNull(),
  tainted: boolean().notNull(),
  callId: uuid('call_id').notNull(),
  conversationId: uuid('conversation_id'),
  messageId: uuid('message_id'),
  words: tsvector().generatedAlwaysAs(sql`to_tsvector('english', text)`),
  createdAt: at('created_at').notNull(),
  expiresAt: at('expires_at'),
});

export const memoryCounts = workforce.table(
  'memory_counts',
  {
    scope: text({ enum: MEMORY_SCOPES }).notNull(),
    scopeId: text('scope_id').notNull(),
    memories: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.scopeId] })],
);

export const memoryEmbeddings = workforce.table(
  'memory_embeddings',
  {
    memoryId: uuid('memory_id').notNull(),
    model: text().notNull(),
    dimensions: integer().notNull(),
    vector: anyVector().notNull(),
  },
  (table) => [primaryKey({ columns: [table.memoryId, table.model] })],
);
