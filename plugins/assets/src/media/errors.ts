// What can be wrong with a file from outside, whoever brings it.

import { defineErrors } from '@troupe-os/core/contract';

export const mediaErrors = defineErrors('assets', {
  empty_file: { kind: 'invalid', message: 'This file is empty.' },
  not_what_it_says: { kind: 'invalid', message: "The content of this file is not what its name's ending says." },
  unreadable_image: { kind: 'invalid', message: 'This image is damaged or cannot be decoded.' },
  unreadable_audio: { kind: 'invalid', message: 'This sound file is damaged or cannot be decoded.' },
  unreadable_document: { kind: 'invalid', message: 'This document is damaged, locked or cannot be read.' },
  too_large: { kind: 'invalid', message: 'This file is larger than the house accepts: 500 MB, and 40 megapixels for an image.' },
  unsupported: {
    kind: 'invalid',
    message:
      'This kind of image or sound is not read yet. Use PNG, JPEG, WebP, AVIF, GIF or TIFF; MP3, FLAC, WAV, AIFF, Ogg or Opus.',
  },
});

/** The decoder's own words for `details`, without the server's path. */
export function decoderReason(cause: unknown, path: string): string {
  return (cause instanceof Error ? cause.message : String(cause)).replaceAll(path, 'the file').trim().slice(0, 200);
}
