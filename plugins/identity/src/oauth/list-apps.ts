import { defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { ownActorId } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { personId } from '../shapes.ts';
import { appGrants } from './schema.ts';

const newestFirst = keyset('identity.list-apps', { descending: [appGrants.createdAt, appGrants.id] });

export const listApps = defineAction({
  name: 'identity.list-apps',
  title: 'Apps that act for you',
  description:
    'Lists the apps that you let act for you, with what they may do, where and until when; with a person, those of that person, for those who manage people.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.app.manage',
  entries: { id: 'appId', inputs: ['appId'], names: ['name'], about: ['name', 'host'] },
  input: z.strictObject({ personId: personId.optional(), ...pageInput }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        appId: z.string(),
        name: z.string(),
        host: z.string(),
        clientId: z.string(),
        resource: z.string(),
        scopes: z.array(z.string()),
        createdAt: moment,
        expiresAt: moment,
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { personId, limit, cursor }) {
    const actorId = personId ?? (await ownActorId(ctx));
    if (actorId !== ctx.actor.id) await assertMayManage(ctx, actorId);
    const rows = await ctx.db
      .select()
      .from(appGrants)
      .where(
        and(
          eq(appGrants.actorId, actorId),
          isNull(appGrants.endedAt),
          gt(appGrants.expiresAt, ctx.now),
          newestFirst.after(cursor),
        ),
      )
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, (row) => [row.createdAt, row.id]);
    return {
      items: items.map(({ id, clientName, clientHost, clientId, resource, scopes, createdAt, expiresAt }) => ({
        appId: id,
        name: clientName,
        host: clientHost,
        clientId,
        resource,
        scopes,
        createdAt,
        expiresAt,
      })),
      ...next,
    };
  },
});
