import { error } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { ClientError } from '@troupe-os/core/client';
import { askSurface, asVisitor, openApi, requestOf, upload } from '#lib/server/api.ts';
import { pageRequests } from '#lib/server/bridge.ts';
import type { Me } from '#lib/server/me.ts';

export const handle: Handle = async ({ event, resolve }) => {
  const request = event.platform && pageRequests().get(event.platform.req);
  if (!request) error(503, 'This page is served by Troupe OS: start it with npm start.');
  const fetch = asVisitor(request, event);
  const api = openApi(fetch, event);
  let me: Promise<Me> | undefined;
  event.locals.api = api;
  event.locals.me = () => {
    me ??= api.identity.getMe({});
    return me;
  };
  event.locals.send = (action, input) => fetch(requestOf(action, input, event));
  event.locals.ask = (path, body) => askSurface(fetch, path, body, event);
  event.locals.upload = (path, file) => upload(fetch, path, file, event);
  const response = await resolve(event);
  // pages differ by who asks
  response.headers.set('cache-control', 'private, no-cache');
  return response;
};

/** What may not be seen looks like what is not there; what failed inside says no more than the number to quote. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  const request = event.platform && pageRequests().get(event.platform.req);
  const quoted = request ? { requestId: request.requestId } : {};
  if (kind !== 'unknown') return quoted;
  if (!(error instanceof ClientError)) {
    request?.report(error);
    return quoted;
  }
  const hidden = error.status === 401 || error.status === 403 || error.status === 404;
  if (hidden) return { ...quoted, status: 404, code: error.code, message: 'There is no such page, or it is not yours to see.' };
  return { ...quoted, status: error.status, code: error.code, message: error.message };
};
