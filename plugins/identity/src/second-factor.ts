// The second proof at sign-in: an authenticator's code, or a recovery code where it is lost.
import { randomBytes } from 'node:crypto';
import type { Context, Db, Tools } from '@troupe-os/core';
import { and, eq, isNotNull, isNull, lt } from 'drizzle-orm';
import { accountMark, assertTriesLeft } from './attempts.ts';
import { identityErrors } from './errors.ts';
import { passwords } from './passwords.ts';
import { authenticators, recoveryCodes } from './schema.ts';
import { hashSecret } from './secrets.ts';
import { base32, stepOfCode } from './totp.ts';

const KEY_BYTES = 20;
const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10;

/** A code that is right, and not taken yet. */
export type CheckedCode = { readonly step: number } | { readonly recoveryCode: string };

/** The key of an enrolment, which this installation alone can make: it stands nowhere. */
export function keyOf({ digest }: Pick<Tools, 'digest'>, enrolment: string): Uint8Array {
  return Buffer.from(digest(['totp', enrolment]), 'hex').subarray(0, KEY_BYTES);
}

/** The enrolment by which an actor's codes are made; undefined: they owe none. */
export async function enrolmentOf(db: Db, actorId: string): Promise<string | undefined> {
  const [found] = await db
    .select({ enrolment: authenticators.enrolment })
    .from(authenticators)
    .where(and(eq(authenticators.actorId, actorId), isNotNull(authenticators.confirmedAt)));
  return found?.enrolment;
}

/** Looks at a code that an actor owes. Errors: identity.wrong_code, identity.too_many_tries. */
export async function checkCode(tools: Tools, actorId: string, code: string): Promise<CheckedCode> {
  const { db, address, now } = tools;
  const enrolment = await enrolmentOf(db, actorId);
  const account = accountMark(actorId);
  // a guess waits its turn and takes as long as one of a password, so that no burst is let through before its first failure is recorded
  await passwords.verify(code, undefined, () => assertTriesLeft(db, { account, address, now }));
  const step = enrolment && stepOfCode(keyOf(tools, enrolment), code, now);
  if (step) return { step };
  const recoveryCode = hashSecret(code.replace(/[\s-]/g, '').toUpperCase());
  const [kept] = await db.select({ id: recoveryCodes.id }).from(recoveryCodes).where(unused(actorId, recoveryCode));
  if (!kept) throw identityErrors.wrong_code({ account });
  return { recoveryCode };
}

/** Takes a code, once: of two who have it, one is let in. Errors: identity.wrong_code. */
export async function spendCode(ctx: Context, actorId: string, code: CheckedCode): Promise<void> {
  const spent =
    'step' in code
      ? await ctx.db
          .update(authenticators)
          .set({ lastStep: code.step })
          .where(
            and(
              eq(authenticators.actorId, actorId),
              isNotNull(authenticators.confirmedAt),
              lt(authenticators.lastStep, code.step),
            ),
          )
          .returning({ id: authenticators.actorId })
      : await ctx.db
          .update(recoveryCodes)
          .set({ usedAt: ctx.now })
          .where(unused(actorId, code.recoveryCode))
          .returning({ id: recoveryCodes.id });
  if (spent.length === 0) throw identityErrors.wrong_code({ account: accountMark(actorId) });
}

const unused = (actorId: string, hash: string) =>
  and(eq(recoveryCodes.actorId, actorId), eq(recoveryCodes.codeHash, hash), isNull(recoveryCodes.usedAt));

/** Makes recovery codes anew; those before are of no use any more. */
export async function renewRecoveryCodes(ctx: Context, actorId: string): Promise<string[]> {
  await ctx.db.delete(recoveryCodes).where(eq(recoveryCodes.actorId, actorId));
  const codes = Array.from({ length: RECOVERY_CODES }, () => base32(randomBytes(RECOVERY_BYTES)));
  await ctx.db
    .insert(recoveryCodes)
    .values(codes.map((code) => ({ id: crypto.randomUUID(), actorId, codeHash: hashSecret(code) })));
  return codes.map((code) => code.replace(/(.{4})(?=.)/g, '$1-'));
}

/** From now on no code is owed. Errors: identity.no_authenticator. */
export async function removeAuthenticator(ctx: Context, actorId: string): Promise<void> {
  await ctx.db.delete(recoveryCodes).where(eq(recoveryCodes.actorId, actorId));
  const removed = await ctx.db
    .delete(authenticators)
    .where(eq(authenticators.actorId, actorId))
    .returning({ actorId: authenticators.actorId });
  if (removed.length === 0) throw identityErrors.no_authenticator();
}
