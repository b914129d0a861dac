import { pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const time = (name: string) => timestamp(name, { withTimezone: true });

/** One yes of a person to an app. */
export const appGrants = pgSchema('identity').table('app_grants', {
  id: uuid('id').primaryKey(),
  actorId: uuid('actor_id').notNull(),
  clientId: text('client_id').notNull(),
  clientName: text('client_name').notNull(),
  /** Whose word the name is: the host of the client's own document, or that of where it is answered. */
  clientHost: text('client_host').notNull(),
  /** The address that its tokens are good for. */
  resource: text('resource').notNull(),
  /** Permissions, each by its name. */
  scopes: text('scopes').array().notNull(),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
  endedAt: time('ended_at'),
});
