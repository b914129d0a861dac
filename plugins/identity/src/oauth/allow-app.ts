import { type Context, coreErrors, defineAction, moment } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { assertOwnSession, sessionId } from '../sessions.ts';
import { appErrors } from './errors.ts';
import { appGrants } from './schema.ts';

const DAY_MS = 24 * 3_600_000;

export const allowApp = defineAction({
  name: 'identity.allow-app',
  title: 'Let an app act for you',
  description:
    'Writes down that an app may act for you: at one address, with these permissions, for so many days. The page that asks you does this; an app cannot.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.app.manage',
  untrustedInput: ['identity.app_grants'], // what the client calls itself
  input: z.strictObject({
    clientId: z.string().min(1).max(2000).describe('The id of the client at the authorization server.'),
    clientName: z.string().min(1).max(200).describe('What the client calls itself.'),
    clientHost: z.string().min(1).max(300).describe('The host that stands behind the client.'),
    resource: z.url().max(500).describe('The address that its tokens are good for.'),
    scopes: z
      .array(z.string().regex(/^[a-z0-9]+(\.[a-z0-9-]+){2}$/, 'A scope is a permission.'))
      .min(1)
      .max(1000)
      .describe('Permissions that you hold.'),
    days: z.int().min(1).max(90).describe('How long it may act.'),
    replaces: z.boolean().default(false).describe('Whether earlier yeses to this very client at this address end.'),
  }),
  output: z.strictObject({ appId: z.string(), personId: z.string(), expiresAt: moment }),
  async handler(ctx, { days, replaces, ...asked }) {
    assertSignedIn(ctx);
    assertOwnSession(ctx);
    for (const scope of asked.scopes) {
      if (ctx.catalogue.permissions.get(scope)?.people) throw appErrors.not_for_apps({ scope });
      if (!ctx.actor.rights.has(scope)) throw coreErrors.unknown_action();
    }
    if (replaces) await endEarlier(ctx, asked);
    const expiresAt = new Date(ctx.now.getTime() + days * DAY_MS);
    const grant = { id: crypto.randomUUID(), actorId: ctx.actor.id, ...asked, createdAt: ctx.now, expiresAt };
    await ctx.db.insert(appGrants).values(grant);
    return { appId: grant.id, personId: ctx.actor.id, expiresAt };
  },
});

/** A token says yes to nothing: what a program holds must not multiply. Errors: core.unauthenticated, identity.sign_in_for_apps. */
function assertSignedIn({ actor, credential }: Context): void {
  if (actor.kind === 'guest') throw coreErrors.unauthenticated();
  if (actor.kind !== 'user' || !sessionId(credential)) throw appErrors.sign_in_for_apps();
}

async function endEarlier(ctx: Context, { clientId, resource }: { clientId: string; resource: string }): Promise<void> {
  await ctx.db
    .update(appGrants)
    .set({ endedAt: ctx.now })
    .where(
      and(
        eq(appGrants.actorId, ctx.actor.id),
        eq(appGrants.clientId, clientId),
        eq(appGrants.resource, resource),
        isNull(appGrants.endedAt),
      ),
    );
}
