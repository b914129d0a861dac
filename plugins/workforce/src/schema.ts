import { boolean, integer, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { AGENT_STATES, AUTHOR_KINDS, MESSAGE_STATUSES, TOOL_OUTCOMES } from './contract.ts';

const workforce = pgSchema('workforce');
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

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
  tainted: boolean().notNull().default(false),
  lastSequence: integer('last_sequence').notNull().default(0),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
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
  createdAt: at('created_at').notNull(),
  finishedAt: at('finished_at'),
});
