// Bytes that a client takes in: in an answer where a model can see, hear or read them and they are few, as a resource otherwise.
import type { ContentBlock, ReadResourceResult } from '@modelcontextprotocol/server';
import { describeForLog, type SurfaceHost } from '@troupe-os/core/surface';
import type { Download } from './download-link.ts';

type Contents = ReadResourceResult['contents'][number];
type Kernel = Pick<SurfaceHost['kernel'], 'objects' | 'log'>;

/** What an action answers whose output is a download. */
export type OpenedDownload = Download & { readonly objectKey: string };

const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
const SOUND = /^audio\/[\w.+-]+$/;
const TEXT = /^(text\/(plain|markdown|csv)|application\/json)$/;

const MOST_MEDIA_BYTES = 1_000_000;
const MOST_TEXT_BYTES = 50_000;
const MOST_RESOURCE_BYTES = 4_000_000;

/** What stands in an answer beside the link. The call has been made: it is answered, whether or not the store gives the bytes out now. */
export async function shownOf({ objects, log }: Kernel, uri: string, download: OpenedDownload): Promise<ContentBlock[]> {
  if (!isShown(download)) return [];
  try {
    return [blockOf(await contentsOf(objects, uri, download))];
  } catch (error) {
    log.warn('a file could not be shown', { uri, error: describeForLog(error) });
    return [];
  }
}

function isShown({ contentType, size }: Download): boolean {
  const type = bare(contentType);
  return TEXT.test(type) ? size <= MOST_TEXT_BYTES : (PICTURE.test(type) || SOUND.test(type)) && size <= MOST_MEDIA_BYTES;
}

/** Whether they may be read as a resource: larger ones are fetched over REST. */
export const isReadable = ({ size }: Download): boolean => size <= MOST_RESOURCE_BYTES;

/** The bytes as a resource's contents. */
export async function contentsOf(objects: Kernel['objects'], uri: string, download: OpenedDownload): Promise<Contents> {
  const bytes = Buffer.concat(await Array.fromAsync(await objects.get(download.objectKey)));
  const mimeType = bare(download.contentType);
  return TEXT.test(mimeType)
    ? { uri, mimeType, text: bytes.toString('utf8') }
    : { uri, mimeType, blob: bytes.toString('base64') };
}

/** The contents of a resource as a part of an answer or of a prompt. */
export function blockOf(contents: Contents): ContentBlock {
  const { mimeType = '' } = contents;
  if ('blob' in contents && PICTURE.test(mimeType)) return { type: 'image', data: contents.blob, mimeType };
  if ('blob' in contents && SOUND.test(mimeType)) return { type: 'audio', data: contents.blob, mimeType };
  return { type: 'resource', resource: contents };
}

/** Without parameters, as `charset` is one. */
const bare = (contentType: string): string => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
