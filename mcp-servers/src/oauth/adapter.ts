// The provider's storage: core's artefacts, found by SHA-256 of their ids and ended with the yes that they were issued by.
import { TroupeError } from '@troupe-os/core';
import type { Kernel } from '@troupe-os/core/surface';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import { capOf } from './caps.ts';
import { KINDS, REGISTRATION_SECONDS } from './kinds.ts';

/** A program that did not hear the answer may ask with the old refresh token once more, for so long. */
const GRACE_MS = 60_000;
export interface AdapterParts {
  readonly kernel: Pick<Kernel, 'artefacts' | 'digest'>;
  /** The provider has ended a grant: a client gave it back, or a code or refresh token was used twice. */
  grantEnded(grantId: string, accountId: string): Promise<void>;
}

/** One adapter a kind of artefact. */
export function createAdapter({ kernel, grantEnded }: AdapterParts): (kind: string) => Adapter {
  const { artefacts } = kernel;
  return (kind) => {
    if (kind === 'Session') return NOTHING;
    if (!(kind in KINDS)) throw new Error(`The authorization server stores no ${kind}.`);
    return storing(kind);
  };

  function storing(kind: string): Adapter {
    return {
      async upsert(id, payload, expiresIn = REGISTRATION_SECONDS) {
        const family = kind === 'Grant' ? id : payload.grantId;
        if (kind === 'Grant') await artefacts.beginFamily(id, expiresIn);
        const text = JSON.stringify(withoutId(id, payload));
        try {
          const cap = capOf(kind, kernel);
          await artefacts.put({
            kind,
            id,
            payload: text,
            lastsSeconds: expiresIn,
            ...(family && { family }),
            ...(cap && { cap }),
          });
        } catch (error) {
          if (error instanceof TroupeError && error.code === 'core.family_ended')
            throw new errors.InvalidGrant('grant not found');
          if (error instanceof TroupeError && error.code === 'core.too_many_artefacts')
            throw new errors.TemporarilyUnavailable(error.message);
          throw error;
        }
      },
      async find(id) {
        const found = await artefacts.find(kind, id);
        if (!found) return undefined;
        const payload = withId(id, JSON.parse(found.payload) as AdapterPayload);
        const { usedMs } = found;
        const isUsed = usedMs !== undefined && !(kind === 'RefreshToken' && usedMs < GRACE_MS);
        return isUsed ? { ...payload, consumed: true } : payload;
      },
      async consume(id) {
        const isFirst = await artefacts.consume(kind, id);
        // the same code at two processes at once: one of them was not the client
        if (!isFirst && kind === 'AuthorizationCode') throw new errors.InvalidGrant('authorization code already consumed');
      },
      async destroy(id) {
        const found = kind === 'Grant' ? await artefacts.find(kind, id) : undefined;
        if (found) await grantEnded(id, (JSON.parse(found.payload) as AdapterPayload).accountId ?? '');
        if (kind === 'Grant') await artefacts.endFamily(id);
        else await artefacts.delete(kind, id);
      },
      revokeByGrantId: (grantId) => artefacts.deleteOf(kind, grantId),
      // of sessions and of the device flow, neither of which is here
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
    };
  }
}

/** The provider's own sessions are not kept: who is signed in is the house's word alone. */
const NOTHING: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
};

/** An id is what is presented, so it is stored hashed only: not in the payload, and not at the end of an interaction's address. */
function withoutId(id: string, { jti, returnTo, ...payload }: AdapterPayload): AdapterPayload {
  return { ...payload, ...(returnTo === undefined ? {} : { returnTo: String(returnTo).slice(0, -id.length) }) };
}

function withId(id: string, { returnTo, ...payload }: AdapterPayload): AdapterPayload {
  return { ...payload, jti: id, ...(returnTo === undefined ? {} : { returnTo: returnTo + id }) };
}
