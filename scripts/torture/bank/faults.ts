// What happens to the tellers meanwhile: their processes are killed, the database ends their connections.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import type postgres from 'postgres';
import type { Home } from '../../bench/places.ts';
import type { Said } from './teller.ts';

const QUICK = new URL('../../../core/src/quick-imports.ts', import.meta.url).href;
const PAUSE_MS = { shortest: 100, longest: 1_500 };
/** Of a process, at each fault; what remains ends connections, where there are any. */
const KILL = 0.25;
const MOST_ENDED = 3;

export interface Faults {
  readonly kills: number;
  readonly ended: number;
  /** Exit codes of tellers that nobody killed, and that did not end well. */
  readonly died: readonly (number | null)[];
}

interface Disturbing {
  readonly seconds: number;
  random(): number;
  isEnough(): boolean;
  heard(said: Said): void;
}

/** Keeps tellers at work for so long, and disturbs them. */
export async function disturb(home: Home, { seconds, random, isEnough, heard }: Disturbing): Promise<Faults> {
  const until = performance.now() + seconds * 1000;
  let [kills, ended] = [0, 0];
  const died: (number | null)[] = [];
  const seed = () => Math.floor(random() * 2 ** 31);
  const tellers = Array.from({ length: home.databaseUrl ? 2 : 1 }, () => employ(home, seed(), heard));
  const admin = home.databaseUrl ? (await import('postgres')).default(home.databaseUrl, { max: 1, onnotice() {} }) : undefined;
  try {
    await Promise.all(tellers.map(({ atWork }) => atWork));
    while (performance.now() < until && !isEnough()) {
      await setTimeout(PAUSE_MS.shortest + random() * (PAUSE_MS.longest - PAUSE_MS.shortest));
      if (random() < KILL) {
        const at = Math.floor(random() * tellers.length);
        const code = await tellers[at]?.kill();
        if (code === undefined) kills += 1;
        else died.push(code);
        const next = employ(home, seed(), heard);
        tellers[at] = next;
        await next.atWork;
      } else if (admin) ended += await endConnections(admin, 1 + Math.floor(random() * MOST_ENDED));
    }
    const codes = await Promise.all(tellers.map(({ dismiss }) => dismiss()));
    died.push(...codes.filter((code) => code !== 0));
  } finally {
    await Promise.all(tellers.map(({ kill }) => kill()));
    await admin?.end();
  }
  return { kills, ended, died };
}

/** The database, not the seed, decides which. */
async function endConnections(admin: postgres.Sql, most: number): Promise<number> {
  const rows = await admin`select pg_terminate_backend(pid) from (select pid from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() order by random() limit ${most}) a`;
  return rows.length;
}

function employ({ folder, databaseUrl }: Home, seed: number, heard: (said: Said) => void) {
  const program = join(import.meta.dirname, 'teller.ts');
  const child = spawn(process.execPath, ['--import', QUICK, program, folder, databaseUrl ?? '', String(seed)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'close');
  child.stdin.on('error', () => undefined); // it was killed
  const lines = createInterface(child.stdout);
  const first = once(lines, 'line');
  lines.on('line', (line) => {
    if (line.endsWith('}')) heard(JSON.parse(line) as Said); // a kill may cut the last one
  });
  return {
    /** Since its first word. */
    atWork: Promise.race([first, gone]),
    /** Answers its exit code when it was gone already. */
    async kill(): Promise<number | null | undefined> {
      const wasAtWork = child.exitCode === null && child.signalCode === null;
      if (wasAtWork) child.kill('SIGKILL');
      await gone;
      return wasAtWork ? undefined : child.exitCode;
    },
    async dismiss(): Promise<number | null> {
      child.stdin.end();
      await gone;
      return child.exitCode;
    },
  };
}
