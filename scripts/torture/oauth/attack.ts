// One attack each: it says what it tries, and throws where the house did not hold.
import type { Browser } from '../../../mcp-servers/src/testing/browser.ts';
import type { Answered } from '../../../mcp-servers/src/testing/oauth-flow.ts';
import { isPage } from '../../../mcp-servers/src/testing/sign-in.ts';
import type { World } from './world.ts';

export interface Attack {
  readonly name: string;
  run(world: World): Promise<void>;
}

export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** That an answer has one of these statuses and, where it is said, this error. */
export function refused({ status, body }: Answered, statuses: readonly number[], error?: string): void {
  const told = String(body.error ?? body.code ?? '');
  const isRight = statuses.includes(status) && (error === undefined || told === error);
  must(isRight, `answered ${status} ${JSON.stringify(body).slice(0, 300)}, and not ${statuses.join(' or ')} ${error ?? ''}`);
}

/** What is told to a client, in the query or, where it asked for tokens at once, in the fragment. */
export const toldIn = (to: URL): URLSearchParams => new URLSearchParams(to.hash === '' ? to.search : to.hash.slice(1));

/** What an authorization request comes to in a browser in which nobody is signed in. */
export async function outcomeOf(
  browser: Browser,
  url: URL | string,
): Promise<{ kind: 'asks' | 'page' | 'sent back'; to?: URL; status?: number }> {
  const found = await browser.open(url);
  if (!isPage(found)) return { kind: 'sent back', to: found };
  return found.url.pathname === '/sign-in' ? { kind: 'asks' } : { kind: 'page', status: found.status };
}
