// The names under which a server answers: a page of another site must not reach it by a name that it made point here.
import type { Settings } from '../settings.ts';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Host names as they stand in an address, IPv6 in brackets. */
export function hostsOf({ host, publicUrl }: Pick<Settings, 'host' | 'publicUrl'>): ReadonlySet<string> {
  return new Set([...LOOPBACK_NAMES, bracketed(host), new URL(publicUrl).hostname]);
}

export const isLoopbackName = (hostname: string): boolean => LOOPBACK_NAMES.includes(hostname);

/** The name in a Host header, without its port; undefined: it holds none. */
export function hostNameOf(header: string): string | undefined {
  const address = `http://${header}`;
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
