import { defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { assertCompanyWide } from '../rights.ts';
import { invitations, letters } from '../schema.ts';

const newestFirst = keyset('identity.list-invitations', { descending: [invitations.createdAt, invitations.id] });

export const listInvitations = defineAction({
  name: 'identity.list-invitations',
  title: 'Open invitations',
  description: 'Lists the invitations that can still be accepted, the newest first, and whether their letters were sent.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.person.read',
  entries: { id: 'invitationId', inputs: ['invitationId'], names: ['name', 'email'] },
  input: z.strictObject(pageInput),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        invitationId: z.string(),
        name: z.string(),
        email: z.string(),
        role: z.string().optional(),
        brandId: z.string().optional(),
        departmentId: z.string().optional(),
        invitedBy: z.string(),
        letter: z.enum(['waiting', 'sent', 'unsent', 'failed']),
        createdAt: moment,
        expiresAt: moment,
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    assertCompanyWide(ctx, 'identity.person.read');
    const isOpen = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt), gt(invitations.expiresAt, ctx.now));
    const rows = await ctx.db
      .select({ invitation: invitations, letterId: letters.id, letter: letters.state })
      .from(invitations)
      .innerJoin(letters, eq(letters.invitationId, invitations.id))
      .where(and(isOpen, newestFirst.after(cursor)))
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, ({ invitation }) => [invitation.createdAt, invitation.id]);
    return {
      items: items.map(
        ({ invitation: { id, name, email, role, brandId, departmentId, invitedBy, createdAt, expiresAt }, letter }) => ({
          invitationId: id,
          name,
          email,
          ...(role !== null && { role }),
          ...(brandId !== null && { brandId }),
          ...(departmentId !== null && { departmentId }),
          invitedBy,
          letter,
          createdAt,
          expiresAt,
        }),
      ),
      ...next,
    };
  },
});
