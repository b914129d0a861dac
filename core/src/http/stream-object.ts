// An object as a response: whole, or the one range that was asked for (RFC 9110, section 14).
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import type { Objects } from '../objects/driver.ts';

export interface Download {
  readonly objectKey: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
}

/** What a browser may show by itself; all else, SVG and HTML first of all, is only ever downloaded. */
const SHOWN_INLINE = /^(image\/(png|jpeg|webp|gif|avif)|audio\/[\w.+-]+|application\/pdf)$/;

export async function streamObject(
  c: Context,
  objects: Objects,
  { objectKey, fileName, contentType, size }: Download,
): Promise<Response> {
  const range = rangeOf(c.req.header('range'), size);
  if (range === 'unsatisfiable') return c.body(null, 416, { 'content-range': `bytes */${size}` });
  const inline = SHOWN_INLINE.test(contentType);
  const headers: Record<string, string> = {
    'content-type': inline ? contentType : 'application/octet-stream',
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    'content-length': String(range ? range.end - range.start + 1 : size),
    'accept-ranges': 'bytes',
    'content-security-policy': "default-src 'none'; sandbox",
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${size}` } : {}),
  };
  if (c.req.method === 'HEAD') return c.body(null, range ? 206 : 200, headers);
  const stream = await objects.get(objectKey, range);
  return c.body(Readable.toWeb(stream) as ReadableStream, range ? 206 : 200, headers);
}

/** One range of bytes, as inclusive ends; undefined for the whole; several ranges are answered with the whole. */
export function rangeOf(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}
