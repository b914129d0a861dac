import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { recordInvitation } from '../invitations.ts';
import { invitationSecret, wantInvitation } from '../letters.ts';
import { assertCompanyWide, assertMayGive, assertUncut } from '../rights.ts';
import { email, personName, place, role } from '../shapes.ts';

export const invitePerson = defineAction({
  name: 'identity.invite-person',
  title: 'Invite a person',
  description:
    'Sends an invitation by e-mail. Whoever opens it within seven days becomes a person of the house, with the role that it says, if any: below Owner, and one that you could give.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.person.manage',
  personal: ['name'],
  input: z.strictObject({ name: personName, email, role: role.optional(), ...place }),
  output: z.strictObject({ invitationId: z.string(), expiresAt: moment }),
  undo: {
    action: 'identity.revoke-invitation',
    withinSeconds: 7 * 24 * 3600,
    input: (_, { invitationId }) => ({ invitationId }),
  },
  async prepare(tools) {
    const id = crypto.randomUUID();
    return { id, tokenHash: invitationSecret(tools, id).hash };
  },
  async handler(ctx, { name, email, role, brandId, departmentId }, made) {
    assertCompanyWide(ctx, 'identity.person.manage');
    if (role === undefined && (brandId ?? departmentId) !== undefined) throw identityErrors.place_without_role();
    if (role === 'owner' || role === 'auditor') throw identityErrors.not_by_invitation();
    await (role === undefined ? assertUncut(ctx) : assertMayGive(ctx, { role, brandId, departmentId }));
    const given = { role: role ?? null, brandId: brandId ?? null, departmentId: departmentId ?? null };
    const expiresAt = await recordInvitation(ctx, { ...made, name, email, ...given });
    await wantInvitation(ctx, made.id, email);
    return { invitationId: made.id, expiresAt };
  },
});
