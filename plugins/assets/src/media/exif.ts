import exifr from 'exifr';
import type { Metadata } from 'sharp';

/** What an image says about itself. Only what is useful to a catalogue is kept; a place never is. */
export interface ImageDetails {
  readonly camera?: string;
  /** As the camera's clock showed it, without a zone: `2024-05-01T10:00:00`. */
  readonly takenAt?: string;
  readonly title?: string;
  readonly caption?: string;
  readonly artist?: string;
  readonly copyright?: string;
  /** True when the file tells where it was taken. The place itself is dropped. */
  readonly hasLocation: boolean;
}

/** Reads EXIF, IPTC, XMP and PNG text of an image whose header sharp has read. */
export async function readExif(path: string, metadata: Metadata): Promise<ImageDetails> {
  const source = CONTAINERS.has(metadata.format) ? path : tiffBlock(metadata.exif);
  const found = source === undefined ? undefined : await exifr.parse(source, OPTIONS);
  const tags: Record<string, unknown> = { ...pngText(metadata), ...found };

  const camera = joinWords(text(tags.Make), text(tags.Model));
  const takenAt = clockTime(tags.DateTimeOriginal ?? tags.CreateDate);
  const title = text(tags.ObjectName) ?? text(tags.title) ?? text(tags.Title);
  const caption = text(tags.Caption) ?? text(tags.ImageDescription) ?? text(tags.description) ?? text(tags.Description);
  const artist = text(tags.Artist) ?? text(tags.Byline) ?? text(tags.creator) ?? text(tags.Author);
  const copyright = text(tags.Copyright) ?? text(tags.CopyrightNotice) ?? text(tags.rights);
  return {
    ...(camera && { camera }),
    ...(takenAt && { takenAt }),
    ...(title && { title }),
    ...(caption && { caption }),
    ...(artist && { artist }),
    ...(copyright && { copyright }),
    hasLocation: tags.GPSLatitude !== undefined || tags.latitude !== undefined,
  };
}

// the formats whose container exifr knows by itself
const CONTAINERS = new Set(['jpeg', 'tiff', 'png', 'heif']);
const OPTIONS = { iptc: true, xmp: true, gps: true, reviveValues: false, translateValues: false };
const LONGEST_TEXT = 2000;

/** sharp hands EXIF out behind the six bytes `Exif\0\0`; exifr wants the TIFF block after them. */
function tiffBlock(exif: Buffer | undefined): Buffer | undefined {
  if (!exif) return undefined;
  return exif.subarray(0, 4).toString('latin1') === 'Exif' ? exif.subarray(6) : exif;
}

function pngText(metadata: Metadata): Record<string, string> {
  return Object.fromEntries((metadata.comments ?? []).map(({ keyword, text }) => [keyword, text]));
}

function text(value: unknown): string | undefined {
  const plain = isLanguageText(value) ? value.value : Array.isArray(value) ? value.join(', ') : value;
  if (typeof plain !== 'string') return undefined;
  return plain.replaceAll('\0', '').trim().slice(0, LONGEST_TEXT) || undefined;
}

function isLanguageText(value: unknown): value is { value: unknown } {
  return typeof value === 'object' && value !== null && 'value' in value;
}

/** Many cameras repeat their maker in the model's name. */
function joinWords(make: string | undefined, model: string | undefined): string | undefined {
  if (!make || !model) return make ?? model;
  return model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`;
}

/** EXIF writes `2024:05:01 10:00:00`. */
function clockTime(value: unknown): string | undefined {
  const match = /^(\d{4})[:-](\d{2})[:-](\d{2})[ T](\d{2}:\d{2}:\d{2})/.exec(text(value) ?? '');
  return match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}` : undefined;
}
