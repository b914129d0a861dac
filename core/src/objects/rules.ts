// What every driver refuses alike, before it touches a disk or the network.
import { objectErrors } from './errors.ts';

const maxKeyLength = 512;
const segment = /^[a-z0-9._-]{1,200}$/;
const contentTypeRule = /^[a-z0-9.+-]+\/[a-z0-9.+-]+(; ?[ -~]+)?$/i;

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Whether a text can be an object's key: at most 512 characters, segments of at most 200, no `..` anywhere, no segment `.`. */
export function isKey(key: string): boolean {
  return key.length <= maxKeyLength && !key.includes('..') && key.split('/').every((part) => segment.test(part) && part !== '.');
}

/** Errors: objects.bad_key. */
export function assertKey(key: string): void {
  if (!isKey(key)) throw objectErrors.bad_key({ key: key.slice(0, maxKeyLength) });
}

/** A prefix is the beginning of a key, cut anywhere; the empty one means everything. Errors: objects.bad_key. */
export function assertPrefix(prefix: string): void {
  if (prefix !== '' && !isKey(prefix.endsWith('/') ? `${prefix}x` : prefix))
    throw objectErrors.bad_key({ key: prefix.slice(0, maxKeyLength) });
}

/** Errors: objects.bad_content_type. */
export function assertContentType(contentType: string): void {
  if (contentType.length > 200 || !contentTypeRule.test(contentType)) {
    throw objectErrors.bad_content_type({ contentType: contentType.slice(0, 200) });
  }
}

/** A range is two whole numbers, the first not behind the last. Errors: objects.bad_range. */
export function assertRange(range: Range): void {
  const whole = Number.isSafeInteger(range.start) && Number.isSafeInteger(range.end);
  if (!whole || range.start < 0 || range.end < range.start) throw objectErrors.bad_range({ ...range });
}
