import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { revokeInvitation } from '../invitations.ts';
import { assertCompanyWide } from '../rights.ts';
import { nothing } from '../shapes.ts';

export const revokeInvitationAction = defineAction({
  name: 'identity.revoke-invitation',
  title: 'Take an invitation back',
  description: 'Takes an invitation back that nobody has accepted yet.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.person.manage',
  input: z.strictObject({
    invitationId: z.uuid().describe('The id of the invitation, as identity.list-invitations answers it.'),
  }),
  output: nothing,
  async handler(ctx, { invitationId }) {
    assertCompanyWide(ctx, 'identity.person.manage');
    await revokeInvitation(ctx, invitationId);
    return {};
  },
});
