import { coreErrors, defineAction, type Tools } from '@troupe-os/core';
import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { accountMark, assertTriesLeft } from '../attempts.ts';
import { isCommonPassword } from '../common-passwords.ts';
import { identityErrors } from '../errors.ts';
import { noteProof } from '../handed-over.ts';
import { voidLinks } from '../links.ts';
import { passwords } from '../passwords.ts';
import { actors, people } from '../schema.ts';
import { assertMayProve, endSessions, isFreshFromLink, sessionId } from '../sessions.ts';
import { newPassword, nothing, typedPassword } from '../shapes.ts';

export const setPassword = defineAction({
  name: 'identity.set-password',
  title: 'Set your password',
  description:
    'Sets your own password. The present one is needed, unless you have just signed in by a link. All your other sessions end.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.password.set',
  untrustedInput: [], // it stores no words
  input: z.strictObject({ password: newPassword, present: typedPassword.optional() }),
  output: nothing,
  async prepare(tools, { password, present }) {
    if (tools.actor.kind !== 'user') throw coreErrors.unauthenticated();
    const [person] = await tools.db
      .select({ email: people.email, hash: people.passwordHash, name: actors.name })
      .from(people)
      .innerJoin(actors, eq(actors.id, people.actorId))
      .where(eq(people.actorId, tools.actor.id));
    if (!person) throw identityErrors.unknown_person();
    const about = [person.name, person.email, person.email.split('@')[0] ?? ''];
    if (isCommonPassword(password, about)) throw identityErrors.weak_password();
    await assertProved(tools, person, present);
    return { before: person.hash, hash: await passwords.hash(password) };
  },
  async handler(ctx, _input, { before, hash }) {
    await assertMayProve(ctx);
    const changed = await ctx.db
      .update(people)
      .set({ passwordHash: hash, passwordSetAt: ctx.now })
      .where(and(eq(people.actorId, ctx.actor.id), sql`${people.passwordHash} is not distinct from ${before}`))
      .returning({ actorId: people.actorId });
    if (changed.length === 0) throw identityErrors.password_changed();
    await noteProof(ctx);
    await endSessions(ctx, ctx.actor.id, sessionId(ctx.credential));
    await voidLinks(ctx, ctx.actor.id);
    return {};
  },
});

/** Whoever finds an open browser must not be able to take the account over. */
async function assertProved(
  { db, credential, address, now }: Tools,
  { email, hash }: { email: string; hash: string | null },
  present: string | undefined,
): Promise<void> {
  if (await isFreshFromLink(db, credential, now)) return;
  if (present === undefined) throw identityErrors.password_needed();
  const right = await passwords.verify(present, hash ?? undefined, () =>
    assertTriesLeft(db, { account: accountMark(email), address, now }),
  );
  if (!right) throw identityErrors.wrong_credentials({ account: accountMark(email) });
}
