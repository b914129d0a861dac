// The kernel for one request: the typed client over the app in the same process, as the session that the browser sent.

import type { Cookies } from '@sveltejs/kit';
import { type Client, ClientError, createClient } from '@troupe-os/core/client';
import type { Plugins } from '../../../../troupe.config.ts';
import type { PageRequest } from './bridge.ts';
import { readSession, sessionCookie } from './session.ts';

export type Api = Client<Plugins>;

/** Written by the authorization server, for the page of one request alone. */
const INTERACTION_COOKIE = 'troupe_interaction';

interface Page {
  readonly url: URL;
  readonly cookies: Cookies;
}

/** Asks the app in the same process. The session is read at each call, so that what follows a sign-in is signed in. */
export function asVisitor(page: PageRequest, { url, cookies }: Page): PageRequest['fetch'] {
  return (request) => {
    const session = readSession(cookies, url);
    const passed = [
      ...(session ? [`${sessionCookie(url)}=${session}`] : []),
      // an app's request is answered only in the browser that it began in
      ...cookies.getAll().flatMap(({ name, value }) => (name === INTERACTION_COOKIE ? [`${name}=${value}`] : [])),
    ];
    if (passed.length > 0) request.headers.set('cookie', passed.join('; '));
    return page.fetch(request);
  };
}

export function openApi(fetch: PageRequest['fetch'], { url }: Page): Api {
  return createClient<Plugins>({ baseUrl: url.origin, fetch });
}

/** `plugin.verb-noun` as a request of its own, for answers that are bytes. */
export function requestOf(action: string, input: object, { url }: Page): Request {
  return new Request(`${url.origin}/api/${action.replace('.', '/')}`, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
  });
}

/** Streams a file to where uploads are taken. Errors: ClientError. */
export async function upload<T>(fetch: PageRequest['fetch'], path: string, file: File, { url }: Page): Promise<T> {
  const address = new URL(path, url);
  address.searchParams.set('name', file.name);
  // duplex is what Node asks for with a stream; the types of the browser do not know it
  const stream: RequestInit & { duplex: 'half' } = { method: 'POST', body: file.stream(), duplex: 'half' };
  const response = await fetch(new Request(address, stream));
  const body = await response.json();
  if (!response.ok) throw new ClientError(response.status, body as { code?: string; message?: string });
  return body as T; // the server is ours, of the same version
}

/** Asks another surface at its own address. Errors: ClientError. */
export async function askSurface(
  fetch: PageRequest['fetch'],
  path: string,
  body: object | undefined,
  { url }: Page,
): Promise<Response> {
  const post = body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(new Request(`${url.origin}${path}`, post));
  if (!response.ok) throw new ClientError(response.status, (await response.json()) as { message?: string });
  return response;
}
