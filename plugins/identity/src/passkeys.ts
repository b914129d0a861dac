// Passkeys (WebAuthn level 3). SimpleWebAuthn checks what authenticators say, is loaded with the first passkey, and all that we know
// of it stands in this file. User verification is always asked for, so that a passkey is two proofs at once.
import type { Context, Tools } from '@troupe-os/core';
import { and, eq, gt, lt } from 'drizzle-orm';
import { z } from 'zod';
import { askedFrom } from './asked-from.ts';
import { identityErrors } from './errors.ts';
import { actors, passkeyChallenges, passkeys, people } from './schema.ts';
import { hashSecret } from './secrets.ts';

const LIFE_MS = 5 * 60_000;
const HOUSE_NAME = 'Troupe';

type Begun = typeof passkeyChallenges.$inferSelect;

export interface Challenge {
  readonly id: string;
  readonly hash: string;
  readonly actorId: string | undefined;
  /** JSON for the browser (`parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`). */
  readonly options: string;
}

export interface NewPasskey {
  readonly begun: Begun;
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
}

/** What a browser makes a passkey from. */
export async function registrationOf(tools: Tools, actorId: string): Promise<Challenge> {
  const [person] = await tools.db
    .select({ email: people.email, name: actors.name })
    .from(people)
    .innerJoin(actors, eq(actors.id, people.actorId))
    .where(eq(people.actorId, actorId));
  if (!person) throw identityErrors.unknown_person();
  const held = await tools.db.select({ id: passkeys.credentialId }).from(passkeys).where(eq(passkeys.actorId, actorId));
  const { generateRegistrationOptions } = await import('@simplewebauthn/server');
  const id = crypto.randomUUID();
  const options = await generateRegistrationOptions({
    rpName: HOUSE_NAME,
    rpID: hostOf(tools),
    userID: new Uint8Array(Buffer.from(actorId.replaceAll('-', ''), 'hex')),
    userName: person.email,
    userDisplayName: person.name,
    challenge: bytesOf(tools, id),
    attestationType: 'none',
    excludeCredentials: held,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return { id, hash: hashSecret(options.challenge), actorId, options: JSON.stringify(options) };
}

/** What a browser signs in with, whoever it is. */
export async function assertionOf(tools: Tools): Promise<Challenge> {
  const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
  const id = crypto.randomUUID();
  const options = await generateAuthenticationOptions({
    rpID: hostOf(tools),
    challenge: bytesOf(tools, id),
    userVerification: 'required',
  });
  return { id, hash: hashSecret(options.challenge), actorId: undefined, options: JSON.stringify(options) };
}

export async function recordChallenge(ctx: Context, { id, hash, actorId }: Challenge): Promise<void> {
  await ctx.db.insert(passkeyChallenges).values({
    id,
    challengeHash: hash,
    actorId: actorId ?? null,
    askedFrom: askedFrom(ctx),
    createdAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + LIFE_MS),
  });
}

/** Uses a challenge up: of two answers to it, one counts. Errors: identity.passkey_expired. */
export async function endChallengeOf(ctx: Context, { id }: Begun): Promise<void> {
  const ended = await ctx.db
    .delete(passkeyChallenges)
    .where(eq(passkeyChallenges.id, id))
    .returning({ id: passkeyChallenges.id });
  if (ended.length === 0) throw identityErrors.passkey_expired();
}

/** The passkey that an authenticator has made. Errors: identity.passkey_expired, identity.wrong_passkey. */
export async function madePasskey(tools: Tools, text: string, actorId: string): Promise<NewPasskey> {
  const response = parse(made, text);
  const begun = await challengeOf(tools, response.response.clientDataJSON);
  if (begun.actorId !== actorId) throw identityErrors.passkey_expired();
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const checked = await verifyRegistrationResponse({ response, ...expectedOf(tools, begun) }).catch(refused);
  if (!checked.verified) throw identityErrors.wrong_passkey();
  const { id, publicKey, counter } = checked.registrationInfo.credential;
  return { begun, credentialId: id, publicKey: Buffer.from(publicKey).toString('base64url'), counter };
}

/** Whose passkey has signed. Errors: identity.passkey_expired, identity.wrong_passkey. */
export async function signedBy(tools: Tools, text: string): Promise<{ begun: Begun; passkeyId: string; counter: number }> {
  const response = parse(asserted, text);
  const begun = await challengeOf(tools, response.response.clientDataJSON);
  if (begun.actorId !== null) throw identityErrors.passkey_expired();
  const [held] = await tools.db.select().from(passkeys).where(eq(passkeys.credentialId, response.id));
  if (!held) throw identityErrors.wrong_passkey();
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const checked = await verifyAuthenticationResponse({
    response,
    ...expectedOf(tools, begun),
    credential: {
      id: held.credentialId,
      publicKey: new Uint8Array(Buffer.from(held.publicKey, 'base64url')),
      counter: held.counter,
    },
  }).catch(refused);
  if (!checked.verified) throw identityErrors.wrong_passkey();
  return { begun, passkeyId: held.id, counter: checked.authenticationInfo.newCounter };
}

/** Notes that a passkey was used, and answers whose it is. A counter that stands still is one that its authenticator does not keep. Errors: identity.wrong_passkey. */
export async function usePasskey(ctx: Context, passkeyId: string, counter: number): Promise<string> {
  const goesOn = counter === 0 ? eq(passkeys.counter, 0) : lt(passkeys.counter, counter);
  const [used] = await ctx.db
    .update(passkeys)
    .set({ counter, usedAt: ctx.now })
    .where(and(eq(passkeys.id, passkeyId), goesOn))
    .returning({ actorId: passkeys.actorId });
  if (!used) throw identityErrors.wrong_passkey();
  const [actor] = await ctx.db.select({ active: actors.active }).from(actors).where(eq(actors.id, used.actorId));
  if (!actor?.active) throw identityErrors.wrong_passkey();
  return used.actorId;
}

async function challengeOf(tools: Tools, clientDataJSON: string): Promise<Begun> {
  const { challenge } = parse(clientData, Buffer.from(clientDataJSON, 'base64url').toString());
  const [begun] = await tools.db
    .select()
    .from(passkeyChallenges)
    .where(and(eq(passkeyChallenges.challengeHash, hashSecret(challenge)), gt(passkeyChallenges.expiresAt, tools.now)));
  if (!begun) throw identityErrors.passkey_expired();
  return begun;
}

function expectedOf(tools: Tools, { id }: Begun) {
  return {
    expectedChallenge: Buffer.from(bytesOf(tools, id)).toString('base64url'),
    expectedOrigin: new URL(tools.publicUrl).origin,
    expectedRPID: hostOf(tools),
    requireUserVerification: true,
  };
}

const hostOf = ({ publicUrl }: Pick<Tools, 'publicUrl'>) => new URL(publicUrl).hostname;
const bytesOf = ({ digest }: Pick<Tools, 'digest'>, id: string) => new Uint8Array(Buffer.from(digest(['passkey', id]), 'hex'));

function refused(cause: unknown): never {
  throw identityErrors.wrong_passkey(undefined, cause);
}

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);
const clientData = z.object({ challenge: base64url });
const credential = { id: base64url, rawId: base64url, type: z.literal('public-key'), clientExtensionResults: z.object({}) };
const made = z.object({ ...credential, response: z.object({ clientDataJSON: base64url, attestationObject: base64url }) });
const asserted = z.object({
  ...credential,
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
});

function parse<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw identityErrors.wrong_passkey(undefined, cause);
  }
}
