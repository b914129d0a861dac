// Cookies of the authorization server in a person's browser.

/** Which question is asked in this browser; sent to the page that asks, and to nothing else. */
export const INTERACTION_COOKIE = 'troupe_interaction';
/** The same, for going on once it has been answered. */
export const RESUME_COOKIE = 'troupe_interaction_resume';
/** The provider's own session, which is thrown away. */
export const SESSION_COOKIE = 'troupe_oauth';

export interface Cookie {
  readonly name: string;
  readonly value: string;
}

/** The cookies of a Cookie header. */
export function cookiesOf(header: string | undefined): Cookie[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const [, name, value] = /^\s*([^=\s]+)=(.*?)\s*$/.exec(pair) ?? [];
    return name !== undefined && value !== undefined ? [{ name, value }] : [];
  });
}
