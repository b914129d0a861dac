// What the server hands to the bundle, which has module instances of its own: one entry a request, found by the request itself.
import type { IncomingMessage } from 'node:http';

/** A request for a page, on its way from the server to the bundle. */
export interface PageRequest {
  readonly requestId: string;
  /** Asks the app in the same process, as the browser that sent this request: pass its cookie on. */
  fetch(request: Request): Promise<Response>;
  /** Tells the operator what went wrong in a page; whoever asked for it is told the request's id. */
  report(error: unknown): void;
}

type Requests = WeakMap<IncomingMessage, PageRequest>;

const KEY = Symbol.for('troupe.web');

/** The requests that are being answered in this process. */
export function pageRequests(): Requests {
  // a symbol of the whole process is typed nowhere
  const shared = globalThis as unknown as Record<symbol, Requests | undefined>;
  const requests = shared[KEY] ?? new WeakMap();
  shared[KEY] = requests;
  return requests;
}
