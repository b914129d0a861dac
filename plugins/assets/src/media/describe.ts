// The words by which an asset is found.

import type { Media } from './read-media.ts';

export interface DescribedAsset {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** The name that the file came with. */
  readonly fileName?: string | undefined;
  readonly media?: Media | undefined;
}

/** The longest text that is embedded and indexed. */
export const MAX_DESCRIPTION = 8_000;

/**
 * The text that is embedded and indexed for an asset: what people wrote first, then what the file says about itself, one
 * thing a line, nothing twice, at most 8,000 characters.
 */
export function describeAsset({ title, description, tags = [], fileName = '', media }: DescribedAsset): string {
  const lines = [title, description, tags.join(', '), ...(media ? mediaLines(media) : []), fileNameWords(fileName)];
  const seen = new Set<string>();
  const fresh = lines.flatMap((line) => {
    const plain = line?.trim();
    if (!plain || seen.has(plain.toLowerCase())) return [];
    seen.add(plain.toLowerCase());
    return [plain];
  });
  return fresh.join('\n').slice(0, MAX_DESCRIPTION);
}

/** 'night_drive-final.mp3' says 'night drive final', 'NightDrive02' says 'Night Drive 02'. */
export function fileNameWords(fileName: string): string {
  return fileName
    .replace(/^.*[\\/]/, '')
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function mediaLines(media: Media): (string | undefined)[] {
  switch (media.type) {
    case 'image': {
      const { title, caption, artist, camera } = media.image.details;
      return [title, caption, artist, camera];
    }
    case 'audio': {
      const { title, artist, album, genres, year } = media.audio.tags;
      return [title, artist, album, genres.join(', '), year?.toString()];
    }
    case 'document':
      return [media.document.title, media.document.author, media.document.text];
    case 'other':
      return [];
  }
}
