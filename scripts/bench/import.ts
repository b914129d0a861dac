// How fast files become works, beside what the same files cost without a house around them.
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { openEmbeddings } from '../../core/src/embeddings/open.ts';
import { decodeAudio } from '../../plugins/assets/src/media/decode-audio.ts';
import { describeAsset } from '../../plugins/assets/src/media/describe.ts';
import { type Media, readMedia } from '../../plugins/assets/src/media/read-media.ts';
import { sha256 } from '../../plugins/assets/src/media/sha256.ts';
import { type MadeSong, makePictures, makeSongs, PICTURE } from './made-works.ts';
import { leftOut, onEachDatabase } from './places.ts';
import type { Report, Table } from './report.ts';
import { ask, type BenchServer, startServer } from './server.ts';

const PICTURES = Number(process.env.BENCH_PICTURES ?? 200);
const SONGS = Number(process.env.BENCH_SONGS ?? 20);
/** As many as a server imports at once. */
const AT_ONCE = 2;
const POLL_MS = 200;

export async function run(): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-bench-files-'));
  try {
    const [pictureFolder, songFolder] = [join(folder, 'pictures'), join(folder, 'songs')];
    await mkdir(pictureFolder);
    await mkdir(songFolder);
    const pictures = await makePictures(pictureFolder, PICTURES);
    const songs = await makeSongs(songFolder, SONGS);
    const soundSeconds = songs.reduce((sum, { seconds }) => sum + seconds, 0);
    const pictureSteps = await measurePictures(pictures);
    const songSteps = await measureSongs(songs);
    const imports = await onEachDatabase(async (place) => {
      const server = await startServer(await place.newHome(), { words: ['--empty'] });
      try {
        const kind = `import, ${place.kind}`;
        const [ofPictures, ofSongs] = [await importFolder(server, pictureFolder), await importFolder(server, songFolder)];
        return [{ kind, ofPictures, ofSongs }];
      } finally {
        await server.stop();
      }
    });
    const pictureTimes = [...pictureSteps, ...imports.map(({ kind, ofPictures }) => ({ name: kind, seconds: ofPictures }))];
    const songTimes = [...songSteps, ...imports.map(({ kind, ofSongs }) => ({ name: kind, seconds: ofSongs }))];
    return {
      tables: [
        tableOf(`${PICTURES} pictures`, pictureTimes, { files: PICTURES }),
        tableOf(`${SONGS} songs`, songTimes, { files: SONGS, soundSeconds }),
      ],
      notes: [
        `pictures: ${PICTURE.width} x ${PICTURE.height}, JPEG, WebP and PNG, ${await mebibytes(pictures)} MiB in all; songs: MP3 and FLAC, ${soundSeconds.toFixed(0)} s of sound, ${await mebibytes(songs.map(({ path }) => path))} MiB.`,
        `import: from the call of assets.import with the folder's path until assets.get-import says that no file waits, over REST, in an empty house.`,
        `The steps above it: the same files, ${AT_ONCE} at a time as in an import, with no server and no database. "read" is all that an import measures of a file, hash, pictures and fingerprints included.`,
        'x: time of the import (the first one) by time of the step.',
        ...leftOut(),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Step {
  readonly name: string;
  readonly seconds: number;
}

async function measurePictures(paths: readonly string[]): Promise<Step[]> {
  const thumbnails = async (path: string) => {
    for (const edge of [1200, 320])
      await sharp(path).autoOrient().resize(edge, edge, { fit: 'inside' }).webp({ quality: 80, effort: 1 }).toBuffer();
  };
  return [
    await stepOf('hashed', paths, sha256),
    await stepOf('decoded, two thumbnails', paths, thumbnails),
    ...(await readAndEmbed(paths)),
  ];
}

async function measureSongs(songs: readonly MadeSong[]): Promise<Step[]> {
  const paths = songs.map(({ path }) => path);
  const decode = async ({ path, mime }: MadeSong) => {
    for await (const _ of decodeAudio(path, mime));
  };
  return [await stepOf('hashed', paths, sha256), await stepOf('decoded', songs, decode), ...(await readAndEmbed(paths))];
}

async function readAndEmbed(paths: readonly string[]): Promise<Step[]> {
  const texts: string[] = [];
  const describe = (path: string, media: Media) => texts.push(describeAsset({ fileName: basename(path), media }));
  const read = await stepOf('read', paths, async (path) => describe(path, await readMedia(path, basename(path))));
  const embeddings = openEmbeddings({ kind: 'embedded' });
  const embedded = await stepOf('embedded', texts, (text) => embeddings.embed([text]));
  await embeddings.close();
  return [read, embedded];
}

async function stepOf<T>(name: string, items: readonly T[], work: (item: T) => Promise<unknown>): Promise<Step> {
  const began = performance.now();
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item); // both take from the same
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { name, seconds: (performance.now() - began) / 1000 };
}

interface Progress {
  readonly waiting: number;
  readonly done: number;
  readonly total: number;
}

/** Answers the seconds. Throws unless every file became a work. */
async function importFolder(server: BenchServer, folder: string): Promise<number> {
  const began = performance.now();
  const { importId } = await ask<{ importId: string }>(server, 'assets.import', { file: folder, brandId: 'gallery' });
  for (;;) {
    const progress = await ask<Progress>(server, 'assets.get-import', { importId, limit: 1 });
    if (progress.waiting === 0) {
      if (progress.done !== progress.total) throw new Error(`Files failed or were known: ${JSON.stringify(progress)}`);
      return (performance.now() - began) / 1000;
    }
    await setTimeout(POLL_MS);
  }
}

function tableOf(
  title: string,
  steps: readonly Step[],
  { files, soundSeconds }: { files: number; soundSeconds?: number },
): Table {
  const whole = steps.find(({ name }) => name.startsWith('import'))?.seconds ?? Number.NaN;
  return {
    title,
    columns: ['', 'seconds', 'files/s', ...(soundSeconds ? ['sound s/s'] : []), 'x'],
    rows: steps.map(({ name, seconds }) => [
      name,
      seconds.toFixed(1),
      (files / seconds).toFixed(1),
      ...(soundSeconds ? [(soundSeconds / seconds).toFixed(0)] : []),
      (whole / seconds).toFixed(2),
    ]),
  };
}

async function mebibytes(paths: readonly string[]): Promise<string> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return (sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20).toFixed(0);
}
