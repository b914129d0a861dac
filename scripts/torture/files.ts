// Hostile addresses at the one function that reads from outside, and hostile files at what reads uploads.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_PIXELS } from '../../plugins/assets/src/media/image.ts';
import { readMedia } from '../../plugins/assets/src/media/read-media.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { addressAttempts } from './files/addresses.ts';
import { goodPictures, type HostileFile, hostileFiles, MARK } from './files/bad-files.ts';
import { randomOf } from './random.ts';

const BENT = { short: 20, long: 2_000 };
const LONGEST_TAG = 500;
const MOST_RSS_MB = 200;
/** Waits for ten seconds. */
const SLOW = 'an answer: /slow';

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const random = randomOf(seed);
  const broken: string[] = [];
  const { attempts, close } = await addressAttempts();
  const asked = attempts.filter(({ name }) => !isShort || name !== SLOW);
  const files = await hostileFiles();
  const pictures = Object.entries(await goodPictures());
  const bent = Array.from({ length: BENT[isShort ? 'short' : 'long'] }, () => bend(pictures, random));

  const folder = await mkdtemp(join(tmpdir(), 'torture-files-'));
  await outcomeOf({ name: 'good.png', bytes: pictures[0]?.[1] ?? Buffer.alloc(0) }, folder); // what reads is loaded before memory is measured
  const memory = watchMemory();
  for (const { name, expected, run: attempt } of asked) {
    const outcome = await attempt();
    if (outcome !== expected) broken.push(`${name}: ${outcome}`);
  }
  await close();
  const counts = new Map<string, number>();
  for (const file of [...files, ...bent]) {
    const { kind, fault } = await outcomeOf(file, folder);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (fault) broken.push(`${file.name}: ${fault}`);
  }
  const jumpMb = memory.stop();
  await rm(folder, { recursive: true, force: true });
  if (jumpMb >= MOST_RSS_MB) broken.push(`memory has grown by ${jumpMb} MB`);
  if (asked.length + files.length < 150) broken.push('these are too few');
  return {
    tables: [
      {
        title: 'Hostile addresses and files',
        columns: ['', 'count'],
        rows: [
          ['addresses, redirects and answers', asked.length],
          ['files made by hand', files.length],
          ['pictures bent at random', bent.length],
          ...[...counts].sort().map(([kind, count]) => [`files: ${kind}`, count]),
          ['growth of memory at most, MB', jumpMb],
        ],
      },
    ],
    notes: ['Files go through what the import reads them with, without the import. Kept: taken as it is, never opened.'],
    broken,
  };
}

/** What came of reading it: refused, kept as it is, or read with nothing in it that runs. */
async function outcomeOf({ name, bytes }: HostileFile, folder: string): Promise<{ kind: string; fault?: string }> {
  const path = join(folder, crypto.randomUUID());
  await writeFile(path, bytes);
  try {
    const media = await readMedia(path, name);
    if (media.type === 'other') return { kind: 'kept' };
    return { kind: `read as ${media.type}`, ...faultOf(media) };
  } catch (error) {
    const { code = String(error) } = error as { code?: string };
    const told = JSON.stringify((error as { details?: unknown }).details ?? {});
    if (!code.startsWith('assets.')) return { kind: 'failed', fault: `failed with ${code}` };
    return { kind: 'refused', ...(told.includes(folder) ? { fault: 'tells where files lie' } : {}) };
  } finally {
    await rm(path, { force: true });
  }
}

function faultOf(media: Awaited<ReturnType<typeof readMedia>>): { fault?: string } {
  if (media.type === 'image') {
    const { width, height, thumbnails } = media.image;
    if (width * height > MAX_PIXELS) return { fault: `${width} x ${height} was decoded` };
    if (Object.values(thumbnails).some((picture) => picture.includes(MARK))) return { fault: 'a preview holds what could run' };
  }
  if (media.type === 'audio' && Object.values(media.audio.tags).some((tag) => String(tag).length > LONGEST_TAG))
    return { fault: 'a tag is longer than any title' };
  return {};
}

/** A good picture with some bytes changed, and sometimes cut. */
function bend(pictures: readonly (readonly [string, Buffer])[], random: () => number): HostileFile {
  const [format, good] = pictures[Math.floor(random() * pictures.length)] ?? ['png', Buffer.alloc(0)];
  const bytes = Buffer.from(good);
  for (let changes = 1 + random() * 12; changes > 0; changes -= 1)
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return { name: `bent.${format}`, bytes: random() < 0.2 ? bytes.subarray(0, random() * bytes.length) : bytes };
}

/** Answers by how many megabytes this process was larger, at most, than now. */
function watchMemory(): { stop(): number } {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  return {
    stop() {
      clearInterval(timer);
      return Math.round(Math.max(0, most - before) / 2 ** 20);
    },
  };
}
