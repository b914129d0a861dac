// Whether a write comes from a page of ours: a browser sends its cookies along with every page's (Origin, Fetch Metadata).
import { isHttps } from './safe-headers.ts';

export interface SaidOrigin {
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly site: string | undefined;
  /** The address that was asked, as this server sees it. */
  readonly url: string;
}

/**
 * Under a public https address, that address alone; else the address that was asked counts too. An origin that is hidden (`null`)
 * is none of ours.
 */
export function isOwnPage({ origin, site, url }: SaidOrigin, publicUrl: string): boolean {
  if (origin === undefined) return site === 'same-origin';
  return origin === new URL(publicUrl).origin || (!isHttps(publicUrl) && origin === new URL(url).origin);
}
