// Accounts in a chat: who links one proves to be both, the person here and the account there.
import { CHANNELS, type Channel, type Context, type Db, type Principal } from '@troupe-os/core';
import { and, asc, eq, gt, lt } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { linkIdentity } from './linked-identities.ts';
import { accountCodes, actors, linkedIdentities } from './schema.ts';
import { hashSecret, makeSecret } from './secrets.ts';
import { proofsOf } from './sessions.ts';

const LIFE_MS = 10 * 60_000;

/** Among what signs somebody in: such an account does not, it speaks for its person in its own channel alone. */
export const providerOf = (channel: Channel): string => `chat:${channel}`;

/** A code for an account of one's own; the one before is good no more. */
export async function makeAccountCode(ctx: Context, channel: Channel): Promise<{ code: string; expiresAt: Date }> {
  const { secret, hash } = makeSecret('trc_');
  const expiresAt = new Date(ctx.now.getTime() + LIFE_MS);
  const proofs = await proofsOf(ctx);
  const code = { id: crypto.randomUUID(), codeHash: hash, proofs, createdAt: ctx.now, expiresAt };
  await ctx.db
    .insert(accountCodes)
    .values({ ...code, actorId: ctx.actor.id, channel })
    .onConflictDoUpdate({ target: [accountCodes.actorId, accountCodes.channel], set: code });
  return { code: secret, expiresAt };
}

/** Uses a code up: the account speaks for its maker from now on. Errors: identity.account_code_expired, identity.already_linked. */
export async function linkAccount(
  ctx: Context,
  { code, channel, subject, label }: { code: string; channel: Channel; subject: string; label: string },
): Promise<{ personId: string; name: string }> {
  const [used] = await ctx.db
    .delete(accountCodes)
    .where(
      and(eq(accountCodes.codeHash, hashSecret(code)), eq(accountCodes.channel, channel), gt(accountCodes.expiresAt, ctx.now)),
    )
    .returning({ actorId: accountCodes.actorId, proofs: accountCodes.proofs });
  if (!used) throw identityErrors.account_code_expired();
  const [person] = await ctx.db
    .select({ name: actors.name })
    .from(actors)
    .where(and(eq(actors.id, used.actorId), eq(actors.active, true)));
  if (!person) throw identityErrors.account_code_expired();
  await linkIdentity(ctx, used.actorId, providerOf(channel), { subject, label, proofs: used.proofs });
  return { personId: used.actorId, name: person.name };
}

/** Ends a code that is there; whoever sends another one ends nothing. */
export async function endAccountCode(ctx: Context, { code, channel }: { code: string; channel: Channel }): Promise<void> {
  await ctx.db.delete(accountCodes).where(and(eq(accountCodes.codeHash, hashSecret(code)), eq(accountCodes.channel, channel)));
}

/** With how many proofs it was linked it acts for good. Whom an account speaks for; undefined: nobody, or somebody who may come in no more. */
export async function speakerOf(
  db: Db,
  { channel, subject }: { channel: string; subject: string },
): Promise<Principal | undefined> {
  const known = CHANNELS.find((one) => one === channel);
  if (!known) return undefined;
  const [found] = await db
    .select({ linkId: linkedIdentities.id, proofs: linkedIdentities.proofs, id: actors.id, kind: actors.kind, name: actors.name })
    .from(linkedIdentities)
    .innerJoin(actors, and(eq(actors.id, linkedIdentities.actorId), eq(actors.active, true)))
    .where(and(eq(linkedIdentities.provider, providerOf(known)), eq(linkedIdentities.subject, subject)));
  if (!found) return undefined;
  const { linkId, proofs, ...actor } = found;
  return { ...actor, proofs: proofs ?? 1, credential: `account:${linkId}` };
}

/** Whether the link behind a credential was taken away. */
export async function isUnlinked(db: Db, linkId: string): Promise<boolean> {
  return (await db.$count(linkedIdentities, eq(linkedIdentities.id, linkId))) === 0;
}

/** The linked accounts of a channel whose people may come in, the oldest first. */
export function speakers(db: Db, channel: Channel) {
  return db
    .select({ subject: linkedIdentities.subject, personId: actors.id, name: actors.name })
    .from(linkedIdentities)
    .innerJoin(actors, and(eq(actors.id, linkedIdentities.actorId), eq(actors.active, true)))
    .where(eq(linkedIdentities.provider, providerOf(channel)))
    .orderBy(asc(linkedIdentities.linkedAt), asc(linkedIdentities.id));
}

/** The account itself takes its link away. Answers whether there was one. */
export async function dropAccount(ctx: Context, channel: Channel, subject: string): Promise<boolean> {
  const isThis = and(eq(linkedIdentities.provider, providerOf(channel)), eq(linkedIdentities.subject, subject));
  return (await ctx.db.delete(linkedIdentities).where(isThis).returning({ id: linkedIdentities.id })).length > 0;
}

export async function deleteExpiredCodes(ctx: Context): Promise<void> {
  await ctx.db.delete(accountCodes).where(lt(accountCodes.expiresAt, ctx.now));
}
