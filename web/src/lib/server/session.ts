// The session cookie. Only form actions of signing in and out write it.
import type { Cookies } from '@sveltejs/kit';

const COOKIE = 'troupe_session';

/** Over https its name has the prefix that binds it to this very host (RFC 6265bis). */
export function sessionCookie(url: URL): string {
  return url.protocol === 'https:' ? `__Host-${COOKIE}` : COOKIE;
}

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
    cookies.delete(CHALLENGE, { path: WHERE });
    return next;
  }
  cookies.set(CHALLENGE, challenge ?? '', {
    path: WHERE,
    httpOnly: true,
    sameSite: 'lax',
    secure: url.protocol === 'https:',
    expires: new Date(expiresAt),
  });
  return `/sign-in/code?next=${encodeURIComponent(next)}`;
}

export function readChallenge(cookies: Cookies): string | undefined {
  return cookies.get(CHALLENGE);
}

const BINDING = 'troupe_binding';
const BINDING_SECONDS = 600;

/** Keeps what tells, when somebody comes back from another site, that this browser began; and where they wanted to go. */
export function keepBinding(cookies: Cookies, url: URL, binding: string, next: string | undefined): void {
  cookies.set(BINDING, `${binding} ${next ?? ''}`, {
    path: WHERE,
    httpOnly: true,
    sameSite: 'lax', // the way back is a link from another site
    secure: url.protocol === 'https:',
    maxAge: BINDING_SECONDS,
  });
}

export function takeBinding(cookies: Cookies): { binding: string | undefined; next: string | undefined } {
  const [binding, next] = (cookies.get(BINDING) ?? '').split(' ');
  cookies.delete(BINDING, { path: WHERE });
  return { binding: binding || undefined, next: next || undefined };
}
