// How long from the command to a server that answers, and what it keeps in memory while nobody asks.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { leftOut, onEachDatabase, type Place } from './places.ts';
import { treeMemory } from './process-memory.ts';
import { quantile, type Report, type Table } from './report.ts';
import { type BenchServer, startServer } from './server.ts';

const STARTS = Number(process.env.BENCH_STARTS ?? 5);
const SOON_SECONDS = 5;
const IDLE_SECONDS = Number(process.env.BENCH_IDLE_SECONDS ?? 120);

export async function run(): Promise<Report> {
  return {
    tables: await onEachDatabase(async (place) => [await benchStarts(place)]),
    notes: [
      'seconds: from the command to the ready line, seen from outside; it says: the figure in that line. npm itself comes on top.',
      'cold: a new data folder (and database). Nothing compiled: without the compile cache as well. Warm: the same folder again.',
      'MiB: resident memory of launcher and server; of Postgres its own processes are not counted.',
      'The files of the program were in the memory of the operating system.',
      ...leftOut(),
    ],
  };
}

async function benchStarts(place: Place): Promise<Table> {
  const home = await place.newHome();
  const rows = [
    await nothingCompiled(place),
    rowOf('cold, empty', [await measure(await startServer(await place.newHome(), { words: ['--empty'] }))]),
    rowOf('cold, rehearsal catalogue', [await measure(await startServer(home), { idle: true })]),
  ];
  const warm: Start[] = [];
  for (let at = 1; at <= STARTS; at++) warm.push(await measure(await startServer(home), { idle: at === STARTS }));
  return {
    title: `${place.kind}, start`,
    columns: ['', 'seconds', 'it says', 'stops in s', `MiB at ${SOON_SECONDS} s`, `MiB at ${IDLE_SECONDS} s`],
    rows: [...rows, rowOf(`warm, median of ${STARTS}`, warm)],
  };
}

async function nothingCompiled(place: Place): Promise<string[]> {
  const cache = await mkdtemp(join(tmpdir(), 'troupe-bench-compiled-'));
  try {
    const server = await startServer(await place.newHome(), { env: { NODE_COMPILE_CACHE: cache } });
    return rowOf('cold, rehearsal, nothing compiled', [await measure(server)]);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

interface Start {
  readonly readySeconds: number;
  readonly saidSeconds: number;
  readonly stopSeconds: number;
  /** MiB. */
  readonly soon: number | undefined;
  readonly idle: number | undefined;
}

async function measure(server: BenchServer, { idle = false } = {}): Promise<Start> {
  await setTimeout(SOON_SECONDS * 1000);
  const soon = treeMemory(server.pid);
  if (idle) await setTimeout(Math.max(0, IDLE_SECONDS - SOON_SECONDS) * 1000);
  const later = idle ? treeMemory(server.pid) : undefined;
  const { readySeconds, saidSeconds } = server;
  return { readySeconds, saidSeconds, soon, idle: later, stopSeconds: await server.stop() };
}

function rowOf(name: string, starts: readonly Start[]): string[] {
  const median = (of: (start: Start) => number | undefined, digits: number) => {
    const sorted = starts.flatMap((start) => of(start) ?? []).sort((one, other) => one - other);
    return sorted.length > 0 ? quantile(sorted, 0.5).toFixed(digits) : '';
  };
  return [
    name,
    median(({ readySeconds }) => readySeconds, 2),
    median(({ saidSeconds }) => saidSeconds, 2),
    median(({ stopSeconds }) => stopSeconds, 2),
    median(({ soon }) => soon, 0),
    median(({ idle }) => idle, 0),
  ];
}
