import { type AudioFacts, readAudio } from './audio.ts';
import { type DocumentFacts, readDocument } from './document.ts';
import { type ImageFacts, readImage } from './image.ts';
import { sha256 } from './sha256.ts';
import { type SniffedFile, sniff } from './sniff.ts';

interface FileFacts extends Omit<SniffedFile, 'type'> {
  /** 64 hex digits: the name under which the bytes are kept. */
  readonly sha256: string;
}

export type Media =
  | (FileFacts & { readonly type: 'image'; readonly image: ImageFacts })
  | (FileFacts & { readonly type: 'audio'; readonly audio: AudioFacts })
  | (FileFacts & { readonly type: 'document'; readonly document: DocumentFacts })
  | (FileFacts & { readonly type: 'other' });

/**
 * Reads all that the catalogue keeps of one file. `name` is what its sender called it. Nothing is written.
 * Errors: those of `sniff`, `readImage`, `readAudio` and `readDocument`, and the signal's reason when it fires.
 */
export async function readMedia(path: string, name: string, signal?: AbortSignal): Promise<Media> {
  const { type, ...sniffed } = await sniff(path, name);
  signal?.throwIfAborted();
  const file = { ...sniffed, sha256: await sha256(path) };
  switch (type) {
    case 'image':
      return { ...file, type, image: await readImage(path) };
    case 'audio':
      return { ...file, type, audio: await readAudio(path, file.mime, signal) };
    case 'document':
      return { ...file, type, document: await readDocument(path, signal) };
    case 'other':
      return { ...file, type };
  }
}
