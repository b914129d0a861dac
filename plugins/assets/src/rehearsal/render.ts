import sharp from 'sharp';
import { runInWorker } from '../media/worker.ts';
import type { RehearsalItem } from './catalogue.ts';

export interface RenderedFile {
  readonly fileName: string;
  readonly bytes: Buffer;
}

/**
 * Draws or plays one work: PNG, JPEG or WebP of about 1600 pixels, or FLAC. A song is
 * played in a worker thread. The same item gives the same bytes on one machine.
 */
export async function renderRehearsalItem({ fileName, title, work }: RehearsalItem): Promise<RenderedFile> {
  if (work.kind === 'song') return { fileName, bytes: Buffer.from(await runInWorker<Uint8Array>(SONG_WORKER, work)) };

  const image = sharp(Buffer.from(work.draw())).flatten({ background: '#ffffff' });
  // what a file says about itself, as a photographer's program would write it
  const described = image.withExif({ IFD0: { ImageDescription: title, Artist: 'Rehearsal', Copyright: 'Free to use' } });
  switch (work.format) {
    case 'png':
      return { fileName, bytes: await described.png().toBuffer() };
    case 'jpeg':
      return { fileName, bytes: await described.jpeg({ quality: 86 }).toBuffer() };
    case 'webp':
      return { fileName, bytes: await described.webp({ quality: 84, effort: 2 }).toBuffer() };
  }
}

const SONG_WORKER = new URL('./song-worker.ts', import.meta.url);
