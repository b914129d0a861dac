import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileTypeFromFile, supportedExtensions } from 'file-type';
import { mediaErrors } from './errors.ts';

export type MediaType = 'image' | 'audio' | 'document' | 'other';

export interface SniffedFile {
  readonly type: MediaType;
  readonly mime: string;
  /** The usual ending for this content, without a dot; empty when nothing is known. */
  readonly extension: string;
  readonly bytes: number;
}

/** The largest file that is taken in. */
export const MAX_FILE_BYTES = 500_000_000;

/**
 * Says what a file is by its first bytes, and refuses a name that claims something else. `claimedName` is the name the
 * sender gave; the path may be anything. What can run in a browser (SVG, HTML) is 'other': it is kept, never rendered.
 * Errors: empty_file, too_large, not_what_it_says, unsupported.
 */
export async function sniff(path: string, claimedName: string): Promise<SniffedFile> {
  const { size: bytes } = await stat(path);
  if (bytes === 0) throw mediaErrors.empty_file();
  if (bytes > MAX_FILE_BYTES) throw mediaErrors.too_large({ bytes, limitBytes: MAX_FILE_BYTES });

  const claimed = extname(claimedName).slice(1).toLowerCase();
  const found = await fileTypeFromFile(path);
  if (!found || isMarkup(found.mime)) return { ...textFile(claimed), bytes };
  if (!agrees(claimed, found.ext)) throw mediaErrors.not_what_it_says({ claimed, found: found.ext });

  const [mime = found.mime] = found.mime.split(';');
  return { type: mediaType(mime), mime, extension: found.ext, bytes };
}

// Endings that mean the same container. A name may use any of its group.
const ALIASES = [
  ['jpg', 'jpeg', 'jpe', 'jfif'],
  ['png', 'apng'],
  ['tif', 'tiff'],
  ['wav', 'wave'],
  ['aif', 'aiff', 'aifc'],
  ['ogg', 'oga', 'opus'],
  ['heic', 'heif', 'hif'],
  ['mid', 'midi'],
  ['mpg', 'mpeg'],
  ['m4a', 'm4b', 'mp4'],
];

const TEXT_MIMES = new Map([
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['json', 'application/json'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['svg', 'image/svg+xml'],
  ['xml', 'application/xml'],
]);

const READ_IMAGES = new Set(['image/png', 'image/apng', 'image/jpeg', 'image/webp', 'image/avif', 'image/gif', 'image/tiff']);
const READ_AUDIO = new Set(['audio/mpeg', 'audio/flac', 'audio/wav', 'audio/aiff', 'audio/ogg']);

function mediaType(mime: string): MediaType {
  if (READ_IMAGES.has(mime)) return 'image';
  if (READ_AUDIO.has(mime)) return 'audio';
  if (mime === 'application/pdf') return 'document';
  if (mime.startsWith('image/') || mime.startsWith('audio/')) throw mediaErrors.unsupported({ mime });
  return 'other';
}

function agrees(claimed: string, found: string): boolean {
  if (claimed === '' || claimed === found) return true;
  if (ALIASES.some((group) => group.includes(claimed) && group.includes(found))) return true;
  // an ending that nobody knows ("mix.final") claims nothing
  return !hasMagic(claimed) && !TEXT_MIMES.has(claimed);
}

/** A file without magic bytes: it may be text, but not a format that would have had them. */
function textFile(claimed: string): Omit<SniffedFile, 'bytes'> {
  if (hasMagic(claimed) && !TEXT_MIMES.has(claimed)) throw mediaErrors.not_what_it_says({ claimed });
  return { type: 'other', mime: TEXT_MIMES.get(claimed) ?? 'application/octet-stream', extension: claimed };
}

function hasMagic(extension: string): boolean {
  const known: ReadonlySet<string> = supportedExtensions;
  return known.has(extension) || ALIASES.some((group) => group.includes(extension));
}

function isMarkup(mime: string): boolean {
  return mime === 'application/xml' || mime === 'image/svg+xml' || mime === 'text/html';
}
