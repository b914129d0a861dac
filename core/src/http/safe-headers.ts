// What every answer says to a browser unless whoever writes it says something else.
import type { ServerResponse } from 'node:http';

/** For what is no page: nothing is run, shown in a frame, or loaded. Pages bring their own. */
export const NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const YEAR_SECONDS = 31_536_000;

export type SafeHeaders = readonly (readonly [name: string, value: string])[];

export function safeHeaders(publicUrl: string): SafeHeaders {
  return [
    ['x-content-type-options', 'nosniff'],
    ['content-security-policy', NOTHING_POLICY],
    ['referrer-policy', 'same-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), geolocation=(), microphone=()'],
    // of this host alone: what stands beside it under the same domain is not ours to promise for
    ...(isHttps(publicUrl) ? [['strict-transport-security', `max-age=${YEAR_SECONDS}`] as const] : []),
  ];
}

/** For answers that are written to the socket itself, by whatever a surface brings along. */
export function setOnSocket(outgoing: ServerResponse | undefined, headers: SafeHeaders): void {
  if (outgoing?.headersSent === false) for (const [name, value] of headers) outgoing.setHeader(name, value);
}

export function setWhereMissing(to: Headers, headers: SafeHeaders): void {
  for (const [name, value] of headers) if (!to.has(name)) to.set(name, value);
}

export const isHttps = (publicUrl: string): boolean => new URL(publicUrl).protocol === 'https:';
