// Reads a file outside any transaction: all that a handler then writes in one go.
import type { Objects, Tools } from '@troupe-os/core';
import { type Embedding, embedText, vectorText } from '@troupe-os/core/search';
import type { AssetType } from './contract.ts';
import { type AssetFacts, factsOf } from './facts.ts';
import { acousticWords, perceptualBits } from './fingerprint-forms.ts';
import { describeAsset, fileNameWords } from './media/describe.ts';
import { type Media, readMedia } from './media/read-media.ts';
import { makePreview } from './preview.ts';
import type { DerivativeName } from './schema.ts';
import { searchText } from './search-text.ts';

export interface FileToInspect {
  readonly path: string;
  /** What its sender called it. */
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
}

/** A file that was read, whose bytes and pictures are in the object store. */
export interface Inspected {
  readonly sha256: string;
  readonly originalKey: string;
  readonly fileName: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  readonly type: AssetType;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly facts: AssetFacts;
  readonly fileText: string;
  readonly searchText: string;
  readonly embedding: Embedding;
  readonly derivatives: readonly { name: DerivativeName; objectKey: string; contentType: string; size: number }[];
  readonly fingerprint: Fingerprint;
}

export interface Fingerprint {
  /** 64 bits, as Postgres writes them. */
  readonly perceptual?: string;
  readonly mirrored?: string;
  /** 192 dimensions, as pgvector reads them. */
  readonly visual?: string;
  readonly acoustic?: string;
  readonly acousticWords?: readonly number[];
}

type Instruments = Pick<Tools, 'objects' | 'embeddings' | 'signal'>;

/**
 * Reads, measures and stores one file. Objects are named by their content, so doing it twice changes nothing.
 * Errors: those of `readMedia`, of the object store and of the embeddings.
 */
export async function inspectFile(tools: Instruments, file: FileToInspect): Promise<Inspected> {
  const media = await readMedia(file.path, file.name, tools.signal);
  const fileText = describeAsset({ fileName: file.name, media });
  const title = (file.title ?? ownTitle(media) ?? fileNameWords(file.name)) || 'Untitled';
  const description = file.description ?? '';
  const text = searchText({ title, description, tags: file.tags, fileText });
  const originalKey = `originals/${media.sha256}`;
  const [derivatives, embedding] = await Promise.all([
    storeDerivatives(tools, file.path, media),
    embedText(tools, text),
    storeOnce(tools.objects, originalKey, { path: file.path }, media.mime),
  ]);
  return {
    sha256: media.sha256,
    originalKey,
    fileName: file.name,
    contentType: media.mime,
    size: media.bytes,
    type: TYPES[media.type],
    title: title.slice(0, MAX_TITLE),
    description,
    tags: file.tags,
    facts: factsOf(media),
    fileText,
    searchText: text,
    embedding,
    derivatives,
    fingerprint: fingerprintOf(media),
  };
}

export const MAX_TITLE = 200;
const TYPES = { image: 'art', audio: 'music', document: 'document', other: 'other' } as const;

function ownTitle(media: Media): string | undefined {
  switch (media.type) {
    case 'image':
      return media.image.details.title;
    case 'audio':
      return media.audio.tags.title;
    case 'document':
      return media.document.title;
    case 'other':
      return undefined;
  }
}

/** Pictures of a picture, the beginning of a song. */
async function storeDerivatives(tools: Instruments, path: string, media: Media): Promise<Inspected['derivatives']> {
  const made = await makeDerivatives(tools, path, media);
  return Promise.all(
    made.map(async ({ name, bytes, contentType }) => {
      const objectKey = `derivatives/${media.sha256}/${name}`;
      await tools.objects.put(objectKey, bytes, { contentType });
      return { name, objectKey, contentType, size: bytes.length };
    }),
  );
}

async function makeDerivatives({ signal }: Instruments, path: string, media: Media): Promise<MadeDerivative[]> {
  switch (media.type) {
    case 'image': {
      const { small, large } = media.image.thumbnails;
      return [
        { name: 'thumbnail-320', bytes: small, contentType: 'image/webp' },
        { name: 'thumbnail-1200', bytes: large, contentType: 'image/webp' },
      ];
    }
    case 'audio':
      return [{ name: 'preview', bytes: await makePreview({ path, mime: media.mime }, signal), contentType: 'audio/flac' }];
    case 'document':
    case 'other':
      return [];
  }
}

interface MadeDerivative {
  readonly name: DerivativeName;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** The key is the content's hash: what stands there already is the same. */
async function storeOnce(objects: Objects, key: string, body: { path: string }, contentType: string): Promise<void> {
  if ((await objects.head(key)) === undefined) await objects.put(key, body, { contentType });
}

function fingerprintOf(media: Media): Fingerprint {
  if (media.type === 'image') {
    const { perceptual, vector } = media.image;
    return {
      perceptual: perceptualBits(perceptual.hash),
      mirrored: perceptualBits(perceptual.mirrored),
      visual: vectorText(vector),
    };
  }
  if (media.type === 'audio' && media.audio.fingerprint !== '') {
    return { acoustic: media.audio.fingerprint, acousticWords: acousticWords(media.audio.fingerprint) };
  }
  return {};
}
