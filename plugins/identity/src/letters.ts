// Letters to people: written down in the call that wants them, sent by a job. Their links are derived, so that none is stored.
import { type Context, defineJob, type JobTools, type Tools } from '@troupe-os/core';
import { and, asc, eq, gt, isNull, ne } from 'drizzle-orm';
import { z } from 'zod';
import { askedFrom } from './asked-from.ts';
import { accountMark } from './attempts.ts';
import { heldAt } from './grants.ts';
import { recordLink } from './links.ts';
import { actors, grants, invitations, letters, people, signInLinks } from './schema.ts';
import { deriveSecret } from './secrets.ts';

const WINDOW_MS = 15 * 60_000;
const MOST_TO_ACCOUNT = 3;

export const sendLetter = defineJob({
  name: 'identity.send-letter',
  input: z.strictObject({ letterId: z.uuid() }),
  runsAs: 'plugin',
  steps: [
    {
      name: 'issue',
      prepare: async (tools, { letterId }) => deriveSecret('trl_', tools, letterId).hash,
      // good before it is sent, so that no letter holds a link that is not
      async handler(ctx, { letterId }, hash: string) {
        const [letter] = await ctx.db
          .select({ actorId: actors.id })
          .from(letters)
          .innerJoin(actors, and(eq(actors.id, letters.actorId), eq(actors.active, true)))
          .where(and(eq(letters.id, letterId), eq(letters.state, 'waiting'), eq(letters.kind, 'sign-in-link')));
        if (letter) await recordLink(ctx, { actorId: letter.actorId, hash, letterId });
      },
    },
    {
      name: 'send',
      async prepare(tools, { letterId }) {
        const letter =
          (await invitationLetter(tools, letterId)) ??
          (await linkLetter(tools, letterId)) ??
          (await noticeLetter(tools, letterId));
        if (letter) await tools.mail.send({ id: letterId, ...letter });
        return letter ? 'sent' : 'unsent';
      },
      handler: (ctx, { letterId }, state: 'sent' | 'unsent') => endLetter(ctx, letterId, state),
    },
  ],
  onDead: (ctx, { letterId }) => endLetter(ctx, letterId, 'failed'),
});

/**
 * Wants a sign-in link sent to whoever has this address. Whether somebody has it, or has had too many, is told nobody: the same is
 * written down and the same is answered. Errors: identity.too_many_letters, from one network address or in all, as the database counts them.
 */
export async function wantLink(ctx: Context, email: string, actorId: string | undefined): Promise<void> {
  const account = accountMark(email);
  const since = gt(letters.createdAt, new Date(ctx.now.getTime() - WINDOW_MS));
  const toAccount = await ctx.db.$count(letters, and(eq(letters.account, account), since, ne(letters.kind, 'notice')));
  await want(ctx, { kind: 'sign-in-link', account, actorId: toAccount < MOST_TO_ACCOUNT ? actorId : undefined });
}

export async function wantInvitation(ctx: Context, invitationId: string, email: string): Promise<void> {
  await want(ctx, { kind: 'invitation', account: accountMark(email), invitationId });
}

/** Wants a letter sent to a person: to their present address, or to `address`, though they should be deactivated until it is sent. */
export async function tellPerson(
  ctx: Context,
  actorId: string,
  { subject, text }: { subject: string; text: string },
  address?: string,
): Promise<void> {
  const [person] = await ctx.db.select({ email: people.email }).from(people).where(eq(people.actorId, actorId));
  if (person)
    await want(ctx, { kind: 'notice', account: accountMark(address ?? person.email), actorId, subject, body: text, address });
}

/** Wants a letter sent to every active Owner of the company who signs in. Answers to how many. */
export async function tellOwners(ctx: Context, { subject, text }: { subject: string; text: string }): Promise<number> {
  const owners = await ctx.db
    .select({ actorId: people.actorId, email: people.email })
    .from(people)
    .innerJoin(actors, and(eq(actors.id, people.actorId), eq(actors.active, true)))
    .innerJoin(grants, and(eq(grants.actorId, people.actorId), eq(grants.role, 'owner'), heldAt({})))
    .orderBy(asc(people.actorId));
  for (const { actorId, email } of owners)
    await want(ctx, { kind: 'notice', account: accountMark(email), actorId, subject: oneLine(subject), body: text });
  return owners.length;
}

async function want(
  ctx: Context,
  {
    kind,
    account,
    actorId,
    invitationId,
    subject,
    body,
    address,
  }: {
    kind: (typeof letters.$inferSelect)['kind'];
    account: string;
    actorId?: string | undefined;
    invitationId?: string;
    subject?: string;
    body?: string;
    address?: string | undefined;
  },
): Promise<void> {
  const letterId = crypto.randomUUID();
  await ctx.db.insert(letters).values({
    id: letterId,
    kind,
    account,
    actorId: actorId ?? null,
    invitationId: invitationId ?? null,
    subject: subject ?? null,
    body: body ?? null,
    address: address ?? null,
    askedFrom: askedFrom(ctx),
    state: 'waiting',
    createdAt: ctx.now,
  });
  await ctx.enqueue(sendLetter, { letterId });
}

async function endLetter(ctx: Context, letterId: string, state: 'sent' | 'unsent' | 'failed'): Promise<void> {
  await ctx.db
    .update(letters)
    .set({ state, endedAt: ctx.now, address: null })
    .where(and(eq(letters.id, letterId), eq(letters.state, 'waiting')));
}

/** Undefined: it is no such letter, or there is nobody any more to whom it could go. */
async function linkLetter(tools: JobTools, letterId: string) {
  const [found] = await tools.db
    .select({ email: people.email, name: actors.name })
    .from(signInLinks)
    .innerJoin(actors, and(eq(actors.id, signInLinks.actorId), eq(actors.active, true)))
    .innerJoin(people, eq(people.actorId, actors.id))
    .where(and(eq(signInLinks.letterId, letterId), isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, tools.now)));
  if (!found) return undefined;
  const link = `${tools.publicUrl}/sign-in/link?token=${deriveSecret('trl_', tools, letterId).secret}`;
  return {
    to: found.email,
    subject: 'Your link to sign in',
    text: `Hello ${oneLine(found.name)},\n\nthis link signs you in, once and within a quarter of an hour:\n${link}\n\nIf you did not ask for it, leave it: nothing happens.\n`,
  };
}

async function invitationLetter(tools: JobTools, letterId: string) {
  const [found] = await tools.db
    .select({ invitation: invitations })
    .from(letters)
    .innerJoin(invitations, eq(invitations.id, letters.invitationId))
    .where(
      and(
        eq(letters.id, letterId),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
        gt(invitations.expiresAt, tools.now),
      ),
    );
  if (!found) return undefined;
  const { id, email, name } = found.invitation;
  const link = `${tools.publicUrl}/sign-in/invitation?token=${invitationSecret(tools, id).secret}`;
  return {
    to: email,
    subject: 'You are invited',
    text: `Hello ${oneLine(name)},\n\nyou are invited to work with us on Troupe. This link lets you in, once and within seven days:\n${link}\n`,
  };
}

async function noticeLetter(tools: JobTools, letterId: string) {
  const [found] = await tools.db
    .select({
      address: letters.address,
      email: people.email,
      name: actors.name,
      active: actors.active,
      subject: letters.subject,
      body: letters.body,
    })
    .from(letters)
    .innerJoin(actors, eq(actors.id, letters.actorId))
    .innerJoin(people, eq(people.actorId, actors.id))
    .where(and(eq(letters.id, letterId), eq(letters.kind, 'notice')));
  const to = found?.address ?? (found?.active ? found.email : undefined);
  if (!found || to === undefined) return undefined;
  return { to, subject: found.subject ?? '', text: `Hello ${oneLine(found.name)},\n\n${found.body}\n` };
}

export const invitationSecret = (tools: Pick<Tools, 'digest'>, invitationId: string) => deriveSecret('tri_', tools, invitationId);

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
