import { defineAction, moment, secret } from '@troupe-os/core';
import { z } from 'zod';
import { recordGrant } from '../grants.ts';
import { openInvitation, useInvitation } from '../invitations.ts';
import { addPerson } from '../people.ts';
import { openSession } from '../sessions.ts';
import { device } from '../shapes.ts';

export const acceptInvitation = defineAction({
  name: 'identity.accept-invitation',
  title: 'Accept an invitation',
  description:
    'Makes a person of whoever was invited, with the role of the invitation, and signs them in. It works once, for seven days.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  untrustedInput: ['identity.sessions'], // the name is the inviter's word
  personal: ['device'],
  input: z.strictObject({ invitation: secret(z.string().min(1).max(100)), device }),
  output: z.strictObject({ session: secret(), expiresAt: moment, personId: z.string() }),
  async handler(ctx, { invitation, device }) {
    const { id, name, email, role, brandId, departmentId, invitedBy } = await openInvitation(ctx, invitation);
    const personId = await addPerson(ctx, { name, email });
    await useInvitation(ctx, id, personId);
    const place = { brandId: brandId ?? undefined, departmentId: departmentId ?? undefined };
    if (role !== null) await recordGrant(ctx, personId, { role, ...place }, invitedBy);
    return { ...(await openSession(ctx, { actorId: personId, openedBy: 'link', device, proofs: 1 })), personId };
  },
});
