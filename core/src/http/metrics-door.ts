// Who may read the metrics: whoever holds the token, and of a house that is reached on this very machine alone whoever asks from it.
import { isThisMachine } from '../network-prefix.ts';
import type { Secret } from '../secret.ts';
import { isSameText } from './authenticate.ts';
import { hostNameOf, isLoopbackName } from './hosts.ts';

/** A proxy on this machine connects from it too: one of these tells that it asks for somebody else. */
const FORWARDED = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'cf-connecting-ip',
  'true-client-ip',
];

export interface MetricsReader {
  readonly headers: Headers;
  /** Who holds the other end of the socket; undefined: a call in process. */
  readonly connected: string | undefined;
}

export function mayReadMetrics(
  { headers, connected }: MetricsReader,
  { token, localKey, publicUrl }: { token: Secret | undefined; localKey: string | undefined; publicUrl: string },
): boolean {
  const presented = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (presented !== undefined) return [token?.reveal(), localKey].some((one) => one !== undefined && isSameText(presented, one));
  // where a proxy stands in front, whoever it asks for comes from this machine too
  if (!isLoopbackName(new URL(publicUrl).hostname)) return false;
  if (connected === undefined || !isThisMachine(connected)) return false;
  // a page that made its own name point here is named by the browser
  const host = headers.get('host');
  return host !== null && isLoopbackName(hostNameOf(host) ?? '') && !FORWARDED.some((name) => headers.has(name));
}
