// The session cookie. Only form actions of signing in and out write it.
import type { Cookies } from '@sveltejs/kit';

const COOKIE = 'troupe_session';

/** Over https a name has the prefix that binds it to this very host: no other site of the same domain can put one there (RFC 6265bis). */
const named = (url: URL, name: string): string => (url.protocol === 'https:' ? `__Host-${name}` : name);

/** The prefix asks for the whole site; elsewhere a cookie of signing in goes to the pages of signing in alone. */
const wayOf = (url: URL) => ({ path: url.protocol === 'https:' ? '/' : WHERE, secure: url.protocol === 'https:' });

export const sessionCookie = (url: URL): string => named(url, COOKIE);

export function readSession(cookies: Cookies, url: URL): string | undefined {
  return cookies.get(sessionCookie(url));
}

export function keepSession(cookies: Cookies, url: URL, { session, expiresAt }: { session: string; expiresAt: string }): void {
  cookies.set(sessionCookie(url), session, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: url.protocol === 'https:',
    expires: new Date(expiresAt),
  });
}

export function forgetSession(cookies: Cookies, url: URL): void {
  cookies.delete(sessionCookie(url), { path: '/', secure: url.protocol === 'https:' });
}

const CHALLENGE = 'troupe_challenge';
const WHERE = '/sign-in';

interface SignedIn {
  readonly session?: string | undefined;
  readonly challenge?: string | undefined;
  readonly expiresAt: string;
}

/** Keeps what a sign-in has answered, and says where it goes on: to the code that is owed, or to `next`. */
export function keepSignIn(cookies: Cookies, url: URL, { session, challenge, expiresAt }: SignedIn, next: string): string {
  if (session) {
    keepSession(cookies, url, { session, expiresAt });
    cookies.delete(named(url, CHALLENGE), wayOf(url));
    return next;
  }
  cookies.set(named(url, CHALLENGE), challenge ?? '', {
    ...wayOf(url),
    httpOnly: true,
    sameSite: 'lax',
    expires: new Date(expiresAt),
  });
  return `/sign-in/code?next=${encodeURIComponent(next)}`;
}

export function readChallenge(cookies: Cookies, url: URL): string | undefined {
  return cookies.get(named(url, CHALLENGE));
}

const BINDING = 'troupe_binding';
const BINDING_SECONDS = 600;

/** Keeps what tells, when somebody comes back from another site, that this browser began; and where they wanted to go. */
export function keepBinding(cookies: Cookies, url: URL, binding: string, next: string | undefined): void {
  cookies.set(named(url, BINDING), `${binding} ${next ?? ''}`, {
    ...wayOf(url),
    httpOnly: true,
    sameSite: 'lax', // the way back is a link from another site
    maxAge: BINDING_SECONDS,
  });
}

export function takeBinding(cookies: Cookies, url: URL): { binding: string | undefined; next: string | undefined } {
  const [binding, next] = (cookies.get(named(url, BINDING)) ?? '').split(' ');
  cookies.delete(named(url, BINDING), wayOf(url));
  return { binding: binding || undefined, next: next || undefined };
}
