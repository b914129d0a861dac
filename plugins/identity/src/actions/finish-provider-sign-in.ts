import { coreErrors, defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { linkIdentity, personOf } from '../linked-identities.ts';
import { admit } from '../pending-sign-ins.ts';
import { endPassage, openPassage, passageOf } from '../provider-sign-ins.ts';
import { accountOf, openProvider, type ProviderId } from '../providers.ts';
import { assertFresh, assertOwnSession } from '../sessions.ts';
import { device, signedIn } from '../shapes.ts';

export const finishProviderSignIn = defineAction({
  name: 'identity.finish-provider-sign-in',
  title: 'Come back from another site',
  description:
    'Ends a sign-in over another site: opens a session for whoever the account belongs to, or for whom its verified e-mail address names, or links the account if that was begun.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  untrustedInput: ['identity.sessions', 'identity.linked_identities'],
  personal: ['device'],
  input: z.strictObject({
    state: secret(z.string().min(1).max(200)),
    binding: secret(z.string().min(1).max(200)),
    code: secret(z.string().min(1).max(2000)),
    device,
  }),
  output: z.strictObject({ ...signedIn, expiresAt: signedIn.expiresAt.optional(), linked: z.boolean() }),
  async prepare(tools, { state, binding, code }) {
    const begun = await openPassage(tools, { state, binding });
    if (begun.actorId !== null && begun.actorId !== (await assertFresh(tools))) throw coreErrors.unauthenticated();
    const provider = await openProvider(tools, begun.provider as ProviderId); // begun by one of ours
    return { begun, key: provider.key, account: await accountOf(tools, provider, code, passageOf(tools, begun.id)) };
  },
  async handler(ctx, { device }, { begun, key, account }) {
    await endPassage(ctx, begun.id);
    if (begun.actorId !== null) {
      assertOwnSession(ctx);
      await linkIdentity(ctx, begun.actorId, key, account);
      return { personId: begun.actorId, linked: true };
    }
    const actorId = await personOf(ctx, key, account);
    return { ...(await admit(ctx, { actorId, openedBy: 'provider', device })), linked: false };
  },
});
