import { boolean, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { CALL_STATES } from './contract.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const calls = pgSchema('outside').table('calls', {
  id: uuid().primaryKey(),
  action: text().notNull(),
  actorId: text('actor_id').notNull(),
  personId: text('person_id').notNull(),
  state: text({ enum: CALL_STATES }).notNull(),
  answer: text(),
  isCut: boolean('is_cut').notNull(),
  errorCode: text('error_code'),
  errorMessage: text('error_message'),
  createdAt: at('created_at').notNull(),
  sentAt: at('sent_at'),
  endedAt: at('ended_at'),
});
