import { defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, eq, gt } from 'drizzle-orm';
import { z } from 'zod';
import { ownActorId } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { OPENED_BY, sessions } from '../schema.ts';
import { sessionId } from '../sessions.ts';
import { personId } from '../shapes.ts';

const newestFirst = keyset('identity.list-sessions', { descending: [sessions.createdAt, sessions.id] });

export const listSessions = defineAction({
  name: 'identity.list-sessions',
  title: 'Open sessions',
  description: 'Lists where you are signed in; with a person, where that person is, for those who manage people.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.session.manage',
  entries: { id: 'sessionId', inputs: ['sessionId'], names: [], about: ['device', 'createdAt'] },
  input: z.strictObject({ personId: personId.optional(), ...pageInput }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        sessionId: z.string(),
        openedBy: z.enum(OPENED_BY),
        address: z.string().optional(),
        device: z.string().optional(),
        createdAt: moment,
        expiresAt: moment,
        current: z.boolean(),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { personId, limit, cursor }) {
    const actorId = personId ?? (await ownActorId(ctx));
    if (actorId !== ctx.actor.id) await assertMayManage(ctx, actorId);
    const rows = await ctx.db
      .select()
      .from(sessions)
      .where(and(eq(sessions.actorId, actorId), gt(sessions.expiresAt, ctx.now), newestFirst.after(cursor)))
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, (row) => [row.createdAt, row.id]);
    return {
      items: items.map(({ id, openedBy, address, device, createdAt, expiresAt }) => ({
        sessionId: id,
        openedBy,
        ...(address !== null && { address }),
        ...(device !== null && { device }),
        createdAt,
        expiresAt,
        current: id === sessionId(ctx.credential),
      })),
      ...next,
    };
  },
});
