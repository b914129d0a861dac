// Whose an access token of an app is. Tokens are the authorization server's, which keeps them hashed among core's artefacts.
import type { Db, Principal } from '@troupe-os/core';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { actors } from '../schema.ts';
import { hashSecret } from '../secrets.ts';
import { appCredential } from './app-credential.ts';
import { appGrants } from './schema.ts';

/** As the authorization server writes it. */
interface AccessToken {
  readonly accountId: string;
  readonly clientId: string;
  readonly aud: unknown;
  readonly scope?: string;
}

/** The person behind a token: only while their yes stands, for the address that it was given for, and for what both it and the token name. */
export async function holderOfAppToken(db: Db, token: string, now: Date): Promise<Principal | undefined> {
  const at = now.toISOString();
  const [found] = await db
    .select({
      id: actors.id,
      kind: actors.kind,
      name: actors.name,
      grantId: appGrants.id,
      clientId: appGrants.clientId,
      resource: appGrants.resource,
      scopes: appGrants.scopes,
      payload: sql<string>`artefact.payload`,
    })
    .from(sql`core.artefacts artefact`)
    .innerJoin(appGrants, sql`${appGrants.id} = artefact.family::uuid`)
    .innerJoin(actors, eq(actors.id, appGrants.actorId))
    .where(
      and(
        sql`artefact.kind = 'AccessToken' and artefact.id_hash = ${hashSecret(token)} and artefact.expires_at > ${at}`,
        isNull(appGrants.endedAt),
        gt(appGrants.expiresAt, now),
        eq(actors.active, true),
      ),
    );
  if (!found) return undefined;
  const { accountId, clientId, aud, scope = '' } = JSON.parse(found.payload) as AccessToken;
  if (accountId !== found.id || clientId !== found.clientId || aud !== found.resource) return undefined;
  const asked = new Set(scope.split(' '));
  return {
    id: found.id,
    kind: found.kind,
    name: found.name,
    scopes: found.scopes.filter((one) => asked.has(one)),
    credential: appCredential(found.grantId),
    audience: found.resource,
  };
}
