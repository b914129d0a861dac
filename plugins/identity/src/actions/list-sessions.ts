import { defineAction, moment } from '@troupe-os/core';
import { and, desc, eq, gt, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import { cutPage, readMoment } from '../pages.ts';
import { ownActorId } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { sessions } from '../schema.ts';
import { sessionId } from '../sessions.ts';
import { cursor, limit, personId } from '../shapes.ts';

export const listSessions = defineAction({
  name: 'identity.list-sessions',
  title: 'Open sessions',
  description: 'Lists where you are signed in; with a person, where that person is, for those who manage people.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.session.manage',
  input: z.strictObject({ personId: personId.optional(), limit, cursor }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        sessionId: z.string(),
        openedBy: z.enum(['password', 'link']),
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
    const place = cursor === undefined ? undefined : readMoment(cursor);
    const rows = await ctx.db
      .select()
      .from(sessions)
      .where(
        and(
          eq(sessions.actorId, actorId),
          gt(sessions.expiresAt, ctx.now),
          place && or(lt(sessions.createdAt, place.at), and(eq(sessions.createdAt, place.at), lt(sessions.id, place.id))),
        ),
      )
      .orderBy(desc(sessions.createdAt), desc(sessions.id))
      .limit(limit + 1);
    const { items, ...next } = cutPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
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
