// The one way to read something from outside: https, listed ports, public addresses only, and nothing of ours sent along.
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { TroupeError } from '../errors.ts';
import { egressErrors } from './errors.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

export interface EgressOptions {
  /** Default: 443. */
  readonly ports?: ReadonlySet<number>;
  /** Lets http and https reach this very machine at any port: for development and tests. Default false. */
  readonly isLoopbackOpen?: boolean;
  /** All addresses of a host. Default: the machine's resolver. */
  resolve?(host: string): Promise<readonly string[]>;
  /** A certificate authority in PEM that is trusted beside the usual ones. */
  readonly ca?: string;
}

export interface EgressRequest {
  readonly url: string;
  readonly mostBytes: number;
  /** Sent to the first address only if they are credentials (`authorization`, `cookie`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many redirects are followed, 3 at most; default 3. */
  readonly mostRedirects?: number;
}

export interface EgressAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where it was found after redirects. */
  readonly url: string;
}

export interface Egress {
  /**
   * Reads what stands at an address (GET). Every address that its host has must be public, and only those are connected to;
   * the same for each redirect. Ten seconds in all. Errors: egress.refused, egress.unreachable, egress.too_large.
   */
  read(request: EgressRequest): Promise<EgressAnswer>;
}

const TIMEOUT_MS = 10_000;
const MOST_REDIRECTS = 3;
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

export function createEgress(options: EgressOptions = {}): Egress {
  return {
    async read({ url, mostBytes, headers = {}, mostRedirects = MOST_REDIRECTS }) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      let place = parse(url);
      let sent = headers;
      for (let redirects = 0; ; redirects++) {
        const addresses = await vetted(place, options, signal);
        const answer = await get({ place, addresses, headers: sent, mostBytes, signal, ca: options.ca });
        const next = answer.status >= 300 && answer.status < 400 ? answer.headers.location : undefined;
        if (next === undefined || mostRedirects === 0) return { ...answer, url: place.href };
        if (redirects >= Math.min(mostRedirects, MOST_REDIRECTS)) throw egressErrors.refused({ reason: 'too many redirects' });
        place = parse(next, place);
        sent = Object.fromEntries(Object.entries(sent).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())));
      }
    },
  };
}

/** An address without credentials in it. Errors: egress.refused. */
export function parse(url: string, base?: URL): URL {
  if (!URL.canParse(url, base)) throw egressErrors.refused({ reason: 'no address' });
  const place = new URL(url, base);
  if (place.username !== '' || place.password !== '') throw egressErrors.refused({ reason: 'credentials in the address' });
  if (place.protocol !== 'https:' && place.protocol !== 'http:') throw egressErrors.refused({ reason: 'not https' });
  return place;
}

/**
 * The addresses that may be connected to. One that may not refuses them all: which one is used is then up to chance.
 * Errors: egress.refused, egress.unreachable.
 */
export async function vetted(place: URL, options: EgressOptions, signal: AbortSignal): Promise<readonly string[]> {
  const host = place.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) ? [host] : await resolveWithin(signal, host, options.resolve ?? resolveHere);
  const isLocal = options.isLoopbackOpen === true && addresses.length > 0 && addresses.every(isLoopbackAddress);
  if (isLocal) return addresses;
  if (place.protocol !== 'https:') throw egressErrors.refused({ reason: 'not https' });
  const port = place.port === '' ? 443 : Number(place.port);
  if (!(options.ports ?? new Set([443])).has(port)) throw egressErrors.refused({ reason: 'port' });
  // which address it was is not said: whoever asks from outside would learn our network by it
  if (addresses.length === 0 || !addresses.every(isPublicAddress)) throw egressErrors.refused({ reason: 'no public address' });
  return addresses;
}

async function resolveHere(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

async function resolveWithin(signal: AbortSignal, host: string, resolve: (host: string) => Promise<readonly string[]>) {
  const late = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(egressErrors.unreachable()), { once: true }),
  );
  try {
    return await Promise.race([resolve(host), late]);
  } catch (error) {
    throw error instanceof TroupeError ? error : egressErrors.unreachable(undefined, error);
  }
}

interface Get {
  readonly place: URL;
  readonly addresses: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly mostBytes: number;
  readonly signal: AbortSignal;
  readonly ca: string | undefined;
}

/** A connection is made to what was vetted: the name is not asked for again. */
export function lookupOf(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address): LookupAddress => ({ address, family: isIP(address) }));
  const [first] = found;
  return (_host, { all }, done) => (all ? done(null, found) : done(null, first?.address ?? '', first?.family));
}

async function get({ place, addresses, headers, mostBytes, signal, ca }: Get): Promise<Omit<EgressAnswer, 'url'>> {
  const request = place.protocol === 'https:' ? requestHttps : requestHttp;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(place, {
        agent: false,
        lookup: lookupOf(addresses),
        signal,
        headers: { 'user-agent': 'troupe-os', ...headers, 'accept-encoding': 'identity' },
        ...(ca === undefined ? {} : { ca }),
      });
      sent.once('response', resolve).once('error', reject);
      // an answer that changes the protocol is no answer
      sent.once('upgrade', (_answer, socket) => socket.destroy(new Error('upgrade')));
      sent.end();
    });
    return { status: response.statusCode ?? 0, headers: headersOf(response), body: await bodyOf(response, mostBytes) };
  } catch (error) {
    throw error instanceof TroupeError ? error : egressErrors.unreachable(undefined, error);
  }
}

async function bodyOf(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    response.destroy();
    throw egressErrors.unreachable({ reason: 'packed, which was not asked for' });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw egressErrors.too_large({ mostBytes }); // leaving the loop ends the connection
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}
