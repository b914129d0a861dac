// The text that is hashed: RFC 8785 (JSON Canonicalization Scheme), and keyed digests of it.
import { createHmac } from 'node:crypto';

/**
 * JSON with keys in order of their UTF-16 units and no white space (RFC 8785).
 * JavaScript writes numbers and strings as the RFC asks; undefined members are left out as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** HMAC-SHA-256 in hex of the canonical form. */
export function keyedDigest(key: string, value: unknown): string {
  return createHmac('sha256', key).update(canonicalJson(value)).digest('hex');
}
