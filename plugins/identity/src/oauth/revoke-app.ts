import { defineAction } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { ownActorId } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { nothing } from '../shapes.ts';
import { appGrantId } from './app-credential.ts';
import { appErrors } from './errors.ts';
import { appGrants } from './schema.ts';

export const revokeApp = defineAction({
  name: 'identity.revoke-app',
  title: 'End what an app may do',
  description: 'Takes all access from an app that acts for you, or for a person whom you manage, at once.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.app.manage',
  input: z.strictObject({ appId: z.uuid().describe('The id, as identity.list-apps answers it.') }),
  output: nothing,
  async handler(ctx, { appId }) {
    const own = await ownActorId(ctx);
    const [grant] = await ctx.db
      .select({ actorId: appGrants.actorId })
      .from(appGrants)
      .where(and(eq(appGrants.id, appId), isNull(appGrants.endedAt)))
      .for('update');
    const managing = ctx.actor.rights.get('identity.person.manage') === 'company';
    // an app gives back what is its own, and nothing of another app
    const isItsOwn = [undefined, appId].includes(appGrantId(ctx.credential));
    if (!grant || !isItsOwn || (grant.actorId !== own && !managing)) throw appErrors.unknown_app();
    if (grant.actorId !== own) await assertMayManage(ctx, grant.actorId);
    await ctx.db.update(appGrants).set({ endedAt: ctx.now }).where(eq(appGrants.id, appId));
    return {};
  },
});
