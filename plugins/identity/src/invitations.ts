// Invitations: whoever opens the letter becomes a person of the house, with what whoever invited them could give.
import type { Context } from '@troupe-os/core';
import { and, eq, gt, inArray, isNull, type SQL } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { heldBy } from './made-tokens.ts';
import { invitations, people } from './schema.ts';
import { hashSecret } from './secrets.ts';

const LIFE_MS = 7 * 24 * 3_600_000;

const isOpen = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt));

export type Invitation = typeof invitations.$inferSelect;

/** Writes an invitation down; whoever calls has looked at the right to give its role. An earlier one to the address ends. Errors: identity.email_taken. */
export async function recordInvitation(
  ctx: Context,
  made: Pick<Invitation, 'id' | 'tokenHash' | 'name' | 'email' | 'role' | 'brandId' | 'departmentId'>,
): Promise<Date> {
  const email = made.email.toLowerCase();
  const [known] = await ctx.db.select({ id: people.actorId }).from(people).where(eq(people.email, email));
  if (known) throw identityErrors.email_taken();
  await revoke(ctx, eq(invitations.email, email));
  const expiresAt = new Date(ctx.now.getTime() + LIFE_MS);
  await ctx.db.insert(invitations).values({ ...made, email, invitedBy: ctx.actor.id, createdAt: ctx.now, expiresAt });
  return expiresAt;
}

/** Locks the invitation of a letter: of two who open it at once, the second finds it used. Errors: identity.invitation_expired. */
export async function openInvitation(ctx: Context, secret: string): Promise<Invitation> {
  const [found] = await ctx.db
    .select()
    .from(invitations)
    .where(and(eq(invitations.tokenHash, hashSecret(secret)), isOpen, gt(invitations.expiresAt, ctx.now)))
    .for('update');
  if (!found) throw identityErrors.invitation_expired();
  return found;
}

export async function useInvitation(ctx: Context, invitationId: string, personId: string): Promise<void> {
  await ctx.db.update(invitations).set({ acceptedAt: ctx.now, personId }).where(eq(invitations.id, invitationId));
}

/** Errors: identity.unknown_invitation. */
export async function revokeInvitation(ctx: Context, invitationId: string): Promise<void> {
  if ((await revoke(ctx, eq(invitations.id, invitationId))) === 0) throw identityErrors.unknown_invitation();
}

/** Of an actor, and of those whose tokens it made: whoever lost a role gives nothing any more, and not by these either. */
export async function endInvitations(ctx: Context, actorId: string): Promise<void> {
  await voidInvitations(ctx, [actorId, ...(await heldBy(ctx, [actorId]))]);
}

/** Whoever was deactivated gives nothing any more. */
export async function voidInvitations(ctx: Context, invitedBy: readonly string[]): Promise<void> {
  await revoke(ctx, inArray(invitations.invitedBy, [...invitedBy]));
}

export async function voidInvitationsTo(ctx: Context, email: string): Promise<void> {
  await revoke(ctx, eq(invitations.email, email));
}

async function revoke(ctx: Context, which: SQL | undefined): Promise<number> {
  const ended = await ctx.db
    .update(invitations)
    .set({ revokedAt: ctx.now })
    .where(and(which, isOpen))
    .returning({ id: invitations.id });
  return ended.length;
}
