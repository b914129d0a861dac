// `fetch` behind the same guard, for clients of protocols over HTTP that bring none of their own.
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ReadableStream } from 'node:stream/web';
import { TroupeError } from '../errors.ts';
import { type EgressOptions, lookupOf, parse, vetted } from './egress.ts';
import { egressErrors } from './errors.ts';

export interface EgressFetchOptions extends EgressOptions {
  /** The longest body of an answer; one that is longer breaks off. */
  readonly mostBytes: number;
  /** A connection on which nothing happens for so long is ended. */
  readonly idleMs: number;
}

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A `fetch` that connects to vetted addresses only, by the rules of `Egress.read`, with any method and a text as its body. A redirect is
 * an answer like others and is not followed, so that what is sent goes to one place. Errors: egress.refused, egress.unreachable; while
 * the body is read egress.too_large.
 */
export function createEgressFetch({ mostBytes, idleMs, ...options }: EgressFetchOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const place = parse(input instanceof Request ? input.url : String(input));
    const request = new Request(input, init);
    const { method, signal } = request;
    const addresses = await vetted(place, options, signal);
    const body = await request.text();
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = (place.protocol === 'https:' ? requestHttps : requestHttp)(place, {
          agent: false,
          method,
          signal,
          lookup: lookupOf(addresses),
          headers: { ...Object.fromEntries(request.headers), 'user-agent': 'troupe-os', 'accept-encoding': 'identity' },
          timeout: idleMs,
          ...(options.ca === undefined ? {} : { ca: options.ca }),
        });
        sent.once('response', resolve).once('error', reject);
        sent.once('timeout', () => sent.destroy(new Error('nothing was said for too long')));
        sent.once('upgrade', (_answer, socket) => socket.destroy(new Error('upgrade')));
        sent.end(body === '' ? undefined : body);
      });
      const status = response.statusCode ?? 502;
      if (WITHOUT_BODY.has(status)) response.resume();
      const said = WITHOUT_BODY.has(status) ? null : ReadableStream.from(limited(response, mostBytes));
      return new Response(said as BodyInit | null, { status, headers: headersOf(response) }); // the two libraries' types of one class
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof TroupeError ? error : egressErrors.unreachable(undefined, error);
    }
  };
}

async function* limited(response: IncomingMessage, mostBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw egressErrors.too_large({ mostBytes }); // leaving the loop ends the connection
    yield chunk;
  }
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  return headers;
}
