// Who asks: a bearer token, a session cookie, the local operator's key, or nobody in particular.
import { timingSafeEqual } from 'node:crypto';
import type { Principal } from '../define/directory.ts';
import { coreErrors } from '../errors.ts';
import { type Caller, guest } from '../kernel/call.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { isHttps } from './safe-headers.ts';

/** Whoever can read the key in the home folder: the Owner's rights, under a name of its own in the record. */
export const localOperator: Principal = Object.freeze({
  id: 'local-operator',
  kind: 'operator',
  name: 'Local operator',
  credential: 'local-key',
});

export const SESSION_COOKIE = 'troupe_session';

export interface Presented {
  readonly authorization: string | undefined;
  /** The token of a session, as `sessionOf` finds it. */
  readonly session: string | undefined;
  readonly address: string | undefined;
}

/** Errors: core.bad_credentials. No credentials at all: the guest. */
export async function authenticate(kernel: Kernel, presented: Presented, localKey: string | undefined): Promise<Caller> {
  const address = presented.address ? { address: presented.address } : {};
  if (presented.authorization !== undefined) {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(presented.authorization)?.[1];
    if (!token) throw coreErrors.bad_credentials();
    if (localKey && isSameText(token, localKey)) return { principal: localOperator, tainted: false, ...address };
    return { principal: await kernel.authenticate({ type: 'token', secret: token }), tainted: false, ...address };
  }
  const { session } = presented;
  if (session) return { principal: await kernel.authenticate({ type: 'session', secret: session }), tainted: false, ...address };
  return { principal: guest, tainted: false, ...address };
}

/** The name of the session's cookie. Over https it has the prefix that browsers bind to this very host (RFC 6265bis). */
export const sessionCookie = (publicUrl: string): string => (isHttps(publicUrl) ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE);

/**
 * The session in a Cookie header. Under a public https address a cookie of the plain name is none: any site under the same domain,
 * and whoever sits on a line without https, could have put one there.
 */
export function sessionOf(cookie: string | undefined, publicUrl: string): string | undefined {
  const known = sessionCookie(publicUrl);
  for (const pair of cookie?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === known && value) return value;
  }
  return undefined;
}

/** Compares in a time that tells nothing of where they differ. */
export function isSameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
