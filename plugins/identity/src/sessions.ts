// Signed-in sessions. Lucia makes and validates them; all that we know of it stands in this file. Its adapter stores SHA-256 of
// the token only, and writes nowhere but in a call: validation reads with one query, extension is an action of its own.

import { type Context, coreErrors, type Db, networkPrefix, type Principal } from '@troupe-os/core';
import { and, eq, gt, isNotNull, lte, ne, notLike } from 'drizzle-orm';
import { type Adapter, Lucia, TimeSpan } from 'lucia';
import { signedIn } from './contract.ts';
import { identityErrors } from './errors.ts';
import { isHandedOver } from './handed-over.ts';
import {
  accountCodes,
  actors,
  authenticators,
  grants,
  linkedIdentities,
  type OPENED_BY,
  passkeyChallenges,
  passkeys,
  pendingSignIns,
  people,
  providerSignIns,
  sessions,
  walletSignIns,
} from './schema.ts';
import { hashSecret } from './secrets.ts';

const DAY_MS = 24 * 3_600_000;
const IDLE_MS = 7 * DAY_MS;
const ABSOLUTE_MS = 30 * DAY_MS;
const STAFF_ABSOLUTE_MS = DAY_MS / 2;
const FRESH_MS = 15 * 60_000;
const LONGEST_TOKEN = 100;
const NO_SESSION = '00000000-0000-0000-0000-000000000000';

export type OpenedBy = (typeof OPENED_BY)[number];

/** Who comes in, and how. */
export interface Opening {
  readonly actorId: string;
  readonly openedBy: OpenedBy;
  readonly device: string | undefined;
  /** By a link that somebody else made. */
  readonly handedOver?: boolean;
}

interface StoredSession {
  readonly sessionId: string;
  readonly openedBy: OpenedBy;
  readonly proofs: 1 | 2;
  readonly handedOver: boolean;
  readonly address: string | undefined;
  readonly device: string | undefined;
  readonly createdAt: Date;
  readonly idleAt: Date;
  readonly absoluteAt: Date;
}

declare module 'lucia' {
  interface Register {
    Lucia: ReturnType<typeof luciaOn>;
    UserId: string;
    DatabaseSessionAttributes: Pick<StoredSession, 'sessionId' | 'proofs' | 'handedOver'> & Partial<StoredSession>;
    DatabaseUserAttributes: { name: string; kind: 'user' | 'agent' };
  }
}

/** Opens a session for a person who has just proved who they are; the one that the call came with ends. */
export async function openSession(
  ctx: Context,
  { actorId, openedBy, device, proofs, handedOver = false }: Opening & { readonly proofs: 1 | 2 },
): Promise<{ session: string; expiresAt: Date }> {
  const replaced = sessionId(ctx.credential);
  if (replaced) await ctx.db.delete(sessions).where(eq(sessions.id, replaced));
  const absoluteAt = after(ctx.now, (await isStaff(ctx.db, actorId)) ? STAFF_ABSOLUTE_MS : ABSOLUTE_MS);
  const idleAt = earlier(after(ctx.now, IDLE_MS), absoluteAt);
  const attributes = {
    sessionId: crypto.randomUUID(),
    openedBy,
    proofs,
    handedOver: handedOver || (await isHandedOver(ctx, actorId)),
    address: ctx.address,
    device,
    createdAt: ctx.now,
    idleAt,
    absoluteAt,
  };
  const { id: session } = await luciaOn(ctx.db, ctx.now).createSession(actorId, attributes);
  ctx.emit(signedIn, {
    personId: actorId,
    sessionId: attributes.sessionId,
    ...(ctx.address !== undefined && { network: ctx.digest(['network', networkPrefix(ctx.address, { v4: 24, v6: 48 })]) }),
    ...(device !== undefined && { device: ctx.digest(['device', device]) }),
  });
  return { session, expiresAt: idleAt };
}

/** Whose session this is; undefined when it is unknown or has expired, or its person was deactivated. */
export async function validateSession(db: Db, token: string, now: Date): Promise<Principal | undefined> {
  if (token.length > LONGEST_TOKEN) return undefined;
  const { session, user } = await luciaOn(db, now).validateSession(token);
  if (!session) return undefined;
  const { sessionId, proofs, handedOver } = session;
  return {
    id: user.id,
    kind: user.kind,
    name: user.name,
    proofs,
    ...(handedOver && { handedOver }),
    credential: `session:${sessionId}`,
  };
}

/** Puts the end of the call's own session off, up to its absolute end. Errors: identity.no_session. */
export async function extendSession(ctx: Context): Promise<{ expiresAt: Date }> {
  const id = ownSessionId(ctx);
  const [session] = await ctx.db.select().from(sessions).where(eq(sessions.id, id)).for('update');
  if (!session) throw identityErrors.no_session();
  const expiresAt = earlier(after(ctx.now, IDLE_MS), session.absoluteAt);
  await ctx.db.update(sessions).set({ expiresAt }).where(eq(sessions.id, id));
  return { expiresAt };
}

/** Ends all sessions of an actor, but the one to keep, and what was on the way to one. */
export async function endSessions(ctx: Context, actorId: string, keep?: string): Promise<void> {
  await ctx.db.delete(pendingSignIns).where(eq(pendingSignIns.actorId, actorId));
  await ctx.db.delete(providerSignIns).where(eq(providerSignIns.actorId, actorId));
  await ctx.db.delete(walletSignIns).where(eq(walletSignIns.actorId, actorId));
  await ctx.db.delete(passkeyChallenges).where(eq(passkeyChallenges.actorId, actorId));
  await ctx.db.delete(accountCodes).where(eq(accountCodes.actorId, actorId));
  if (keep === undefined) return luciaOn(ctx.db, ctx.now).invalidateUserSessions(actorId);
  await ctx.db.delete(sessions).where(and(eq(sessions.actorId, actorId), ne(sessions.id, keep)));
}

export async function deleteExpiredSessions(ctx: Context): Promise<void> {
  await luciaOn(ctx.db, ctx.now).deleteExpiredSessions();
  await ctx.db.delete(pendingSignIns).where(lte(pendingSignIns.expiresAt, ctx.now));
  await ctx.db.delete(providerSignIns).where(lte(providerSignIns.expiresAt, ctx.now));
  await ctx.db.delete(walletSignIns).where(lte(walletSignIns.expiresAt, ctx.now));
  await ctx.db.delete(passkeyChallenges).where(lte(passkeyChallenges.expiresAt, ctx.now));
}

/** Whether this credential is a session that a sign-in link has opened within the last quarter of an hour. */
export async function isFreshFromLink(db: Db, credential: string, now: Date): Promise<boolean> {
  const id = sessionId(credential);
  if (!id) return false;
  const [found] = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.openedBy, 'link'), gt(sessions.createdAt, after(now, -FRESH_MS))));
  return found !== undefined;
}

/**
 * The person whose session this is, who signed in within the last quarter of an hour: whoever finds an open browser must not change
 * what proves who somebody is. Errors: core.unauthenticated for guests, identity.fresh_sign_in_needed.
 */
export async function assertFresh({
  db,
  actor,
  credential,
  now,
}: Pick<Context, 'db' | 'actor' | 'credential' | 'now'>): Promise<string> {
  if (actor.kind === 'guest') throw coreErrors.unauthenticated();
  const id = sessionId(credential);
  const fresh = id && and(eq(sessions.id, id), eq(sessions.actorId, actor.id), gt(sessions.createdAt, after(now, -FRESH_MS)));
  const [found] = fresh ? await db.select({ id: sessions.id }).from(sessions).where(fresh) : [];
  if (!found) throw identityErrors.fresh_sign_in_needed();
  return actor.id;
}

/**
 * A second factor is changed by whoever gave it, not by whoever has the first proof alone; without one it may be enrolled.
 * Errors: identity.second_proof_needed.
 */
export async function assertMayChangeFactors(
  { db, credential }: Pick<Context, 'db' | 'credential'>,
  actorId: string,
): Promise<void> {
  const [session] = await db
    .select({ proofs: sessions.proofs })
    .from(sessions)
    .where(eq(sessions.id, sessionId(credential) ?? NO_SESSION));
  if (session?.proofs === 2) return;
  const confirmed = and(eq(authenticators.actorId, actorId), isNotNull(authenticators.confirmedAt));
  const held = (await db.$count(authenticators, confirmed)) + (await db.$count(passkeys, eq(passkeys.actorId, actorId)));
  if (held > 0) throw identityErrors.second_proof_needed();
}

/**
 * Somebody may sit in a session that was handed over who is not its person: it makes no credential, and allows no app. Nor does an account
 * in a chat, which never proved that its person is there. Errors: identity.handed_over, identity.fresh_sign_in_needed.
 */
export function assertOwnSession({ handedOver, credential }: Context): void {
  if (credential.startsWith('account:')) throw identityErrors.fresh_sign_in_needed();
  if (handedOver) throw identityErrors.handed_over();
}

/**
 * The same of what proves who somebody is; an account that has no way of its own may be given its first ones. A password and an authenticator
 * that are younger than this session were set in it, as either ends the others. Whoever has come by their password `enrols` the second factor
 * that they have not: in charge of a house that requires one they could do nothing else. Errors: identity.handed_over, identity.no_session.
 */
export async function assertMayProve(ctx: Context, { enrols = false } = {}): Promise<void> {
  if (!ctx.handedOver) return;
  const { id } = ctx.actor;
  const own = eq(sessions.id, ownSessionId(ctx));
  const [session] = await ctx.db.select({ since: sessions.createdAt, openedBy: sessions.openedBy }).from(sessions).where(own);
  if (!session) throw identityErrors.no_session();
  const { since, openedBy } = session;
  const second =
    (await ctx.db.$count(authenticators, and(eq(authenticators.actorId, id), lte(authenticators.confirmedAt, since)))) +
    (await ctx.db.$count(passkeys, eq(passkeys.actorId, id)));
  if (enrols && openedBy === 'password' && second === 0) return;
  const held =
    second +
    (await ctx.db.$count(people, and(eq(people.actorId, id), lte(people.passwordSetAt, since)))) +
    (await ctx.db.$count(linkedIdentities, and(eq(linkedIdentities.actorId, id), notLike(linkedIdentities.provider, 'chat:%'))));
  if (held > 0) throw identityErrors.handed_over();
}

/** Whoever enrols a second factor has given it. */
export async function noteSecondProof(ctx: Context): Promise<void> {
  await ctx.db
    .update(sessions)
    .set({ proofs: 2 })
    .where(eq(sessions.id, ownSessionId(ctx)));
}

/** With how many proofs the session of this call was opened. Errors: identity.no_session. */
export async function proofsOf(ctx: Context): Promise<1 | 2> {
  const [session] = await ctx.db
    .select({ proofs: sessions.proofs })
    .from(sessions)
    .where(eq(sessions.id, ownSessionId(ctx)));
  if (!session) throw identityErrors.no_session();
  return session.proofs;
}

/** The id of the session that proves this call. Errors: identity.no_session. */
export function ownSessionId(ctx: Context): string {
  const id = sessionId(ctx.credential);
  if (!id) throw identityErrors.no_session();
  return id;
}

/** The id in a credential that names a session. */
export function sessionId(credential: string): string | undefined {
  return credential.startsWith('session:') ? credential.slice('session:'.length) : undefined;
}

/** Staff is who holds a role above Guest anywhere. */
async function isStaff(db: Db, actorId: string): Promise<boolean> {
  const [held] = await db
    .select({ id: grants.id })
    .from(grants)
    .where(and(eq(grants.actorId, actorId), ne(grants.role, 'guest')))
    .limit(1);
  return held !== undefined;
}

function luciaOn(db: Db, now: Date) {
  return new Lucia(adapter(db, now), {
    sessionExpiresIn: new TimeSpan(IDLE_MS, 'ms'),
    getSessionAttributes: ({ sessionId, proofs, handedOver }) => ({ sessionId, proofs, handedOver }),
    getUserAttributes: ({ name, kind }) => ({ name, kind }),
  });
}

function adapter(db: Db, now: Date): Adapter {
  return {
    async getSessionAndUser(token) {
      const [found] = await db
        .select({
          sessionId: sessions.id,
          proofs: sessions.proofs,
          handedOver: sessions.handedOver,
          expiresAt: sessions.expiresAt,
          actorId: actors.id,
          name: actors.name,
          kind: actors.kind,
        })
        .from(sessions)
        .innerJoin(actors, eq(actors.id, sessions.actorId))
        .where(and(eq(sessions.tokenHash, hashSecret(token)), gt(sessions.expiresAt, now), eq(actors.active, true)));
      if (!found) return [null, null];
      const { sessionId, proofs, handedOver, expiresAt, actorId, name, kind } = found;
      return [
        { id: token, userId: actorId, expiresAt, attributes: { sessionId, proofs, handedOver } },
        { id: actorId, attributes: { name, kind } },
      ];
    },
    async setSession({ id: token, userId, attributes }) {
      const { sessionId, openedBy, proofs, handedOver, address, device, createdAt, idleAt, absoluteAt } =
        attributes as StoredSession; // made by openSession
      await db.insert(sessions).values({
        id: sessionId,
        tokenHash: hashSecret(token),
        actorId: userId,
        openedBy,
        proofs,
        handedOver,
        address: address ?? null,
        device: device ?? null,
        createdAt,
        expiresAt: idleAt,
        absoluteAt,
      });
    },
    async deleteSession(token) {
      await db.delete(sessions).where(eq(sessions.tokenHash, hashSecret(token)));
    },
    async deleteUserSessions(actorId) {
      await db.delete(sessions).where(eq(sessions.actorId, actorId));
    },
    async deleteExpiredSessions() {
      await db.delete(sessions).where(lte(sessions.expiresAt, now));
    },
    // Lucia would extend on reading; here reading writes nothing, and extendSession does it in a call of its own
    async updateSessionExpiration() {},
    // lists show ids, and Lucia knows sessions by their tokens only
    async getUserSessions() {
      return [];
    },
  };
}

const after = (moment: Date, milliseconds: number) => new Date(moment.getTime() + milliseconds);
const earlier = (one: Date, other: Date) => (one < other ? one : other);

/** When the session behind a credential was opened; a session that has ended was not. */
export async function signedInAt(ctx: Context, credential: string): Promise<Date | undefined> {
  const [, id] = /^session:([0-9a-f-]{36})$/.exec(credential) ?? [];
  if (!id) return undefined;
  const isLive = and(eq(sessions.id, id), gt(sessions.expiresAt, ctx.now), gt(sessions.absoluteAt, ctx.now));
  const [session] = await ctx.db.select({ createdAt: sessions.createdAt }).from(sessions).where(isLive);
  return session?.createdAt;
}
