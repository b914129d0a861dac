// One house under load that is struck so many times, put to the question after each blow, and gone through at the end.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { openHouse } from '../../../core/src/house.ts';
import { readSettings } from '../../../core/src/settings.ts';
import type { Home } from '../../bench/places.ts';
import { randomOf } from '../random.ts';
import { checkBooks, checkLetters } from './books.ts';
import { type Attempt, type Offer, work } from './load.ts';
import { openPostOffice } from './post-office.ts';
import { putToTheQuestion } from './question.ts';
import { environmentOf, launch, type Server, startServer } from './server.ts';
import { openShop } from './shop.ts';
import installation from './troupe.config.ts';

const LONGEST_LOAD_MS = 2_000;
const SHORTEST_LOAD_MS = 50;
/** So long after its start a process that is hit before it is ready is hit at the latest. */
const LONGEST_START_MS = 2_500;
const HIT_AT_START = 0.12;
const RECOVERED_MS = 90_000;

/** A blow answers the server that goes on: the same one, or a new one. */
export interface Blow {
  readonly name: string;
  strike(server: Server): Promise<{ readonly needsStart: boolean }>;
}

export const killServer: Blow = {
  name: 'SIGKILL',
  async strike(server) {
    await server.kill();
    return { needsStart: true };
  },
};

/** The house goes on by itself. */
export const stopDatabase = (stopAtOnce: () => Promise<void>): Blow => ({
  name: 'pg_ctl -m immediate',
  async strike() {
    await stopAtOnce();
    return { needsStart: false };
  },
});

export interface Campaign {
  readonly name: string;
  readonly blows: number;
  readonly atStart: number;
  readonly acknowledged: number;
  readonly inDoubt: number;
  readonly doneInDoubt: number;
  readonly repeats: number;
  readonly letters: number;
  readonly lettersRepeated: number;
  readonly sealed: number;
  /** What the house told its Owner of. */
  readonly incidents: readonly string[];
  readonly seconds: number;
}

interface Surviving {
  readonly name: string;
  readonly blow: Blow;
  readonly times: number;
  random(): number;
  told(sentence: string): void;
}

export async function survive(home: Home, { name, blow, times, random, told }: Surviving): Promise<Campaign> {
  const began = performance.now();
  const postOffice = await openPostOffice();
  const env = environmentOf(home, postOffice.url);
  const start = async (): Promise<Server> => {
    const server = await startServer(env);
    if (!server) throw new Error('only one that is killed at its start is not answered');
    return server;
  };
  let server = await start();
  try {
    const shop = await openShop(server, home.folder);
    const offers: Offer[] = [];
    const attempts: Attempt[] = [];
    const counts = { blows: 0, atStart: 0, inDoubt: 0, doneInDoubt: 0, repeats: 0 };
    while (counts.blows < times) {
      const ending = new AbortController();
      const made: Attempt[] = [];
      const working = Promise.all(
        shop.tokens.map((token) =>
          work({ server, token, shop, offers, attempts: made, signal: ending.signal, random: randomOf(random() * 2 ** 32) }),
        ),
      );
      await setTimeout(SHORTEST_LOAD_MS + random() * LONGEST_LOAD_MS);
      const { needsStart } = await blow.strike(server);
      ending.abort();
      await working;
      counts.blows += 1;
      while (needsStart && counts.blows < times && random() < HIT_AT_START) {
        await startServer(env, random() * LONGEST_START_MS);
        counts.blows += 1;
        counts.atStart += 1;
      }
      if (needsStart) server = await start();
      else await untilReady(server);
      attempts.push(...(await putToTheQuestion(server, made, { counts, told })));
      process.stderr.write(`${name}: ${counts.blows} of ${times}\n`);
    }
    const code = await server.stop();
    if (code !== 0) told(`the last server stopped with ${code}`);
    const { sealed, incidents } = await lookThrough({ home, env, attempts, told });
    const { letters, repeated: lettersRepeated } = checkLetters(attempts, postOffice, told);
    const acknowledged = attempts.filter(({ reply }) => reply?.status === 200).length;
    if (acknowledged === 0 || counts.repeats === 0 || letters === 0) told('hardly anything was done between the blows');
    const seconds = Math.round((performance.now() - began) / 1000);
    return { name, ...counts, acknowledged, letters, lettersRepeated, sealed, incidents, seconds };
  } finally {
    await server.kill();
    await postOffice.close();
  }
}

async function untilReady({ url }: Server): Promise<void> {
  const until = performance.now() + RECOVERED_MS;
  while (!(await fetch(`${url}/readyz`)).ok) {
    if (performance.now() > until) throw new Error(`The server is not ready ${RECOVERED_MS} ms after the blow.`);
    await setTimeout(50);
  }
}

interface LookingThrough {
  readonly home: Home;
  readonly env: NodeJS.ProcessEnv;
  readonly attempts: readonly Attempt[];
  told(sentence: string): void;
}

/** Lets the house finish what waits, goes through its tables, and has its log verified. */
async function lookThrough({ home, env, attempts, told }: LookingThrough): Promise<Pick<Campaign, 'sealed' | 'incidents'>> {
  let incidents: string[] = [];
  const house = await openHouse(installation, readSettings(env, home.folder));
  try {
    await house.kernel.startWorkers({ concurrency: 2 });
    const until = performance.now() + RECOVERED_MS;
    const waiting = sql`select 1 from identity.letters where state = 'waiting' limit 1`;
    // a job that died with its process is taken up only when its heartbeat is missed
    while ((await house.database.rows(waiting)).length > 0 && performance.now() < until) await setTimeout(500);
    if (!(await house.kernel.settle())) told('events or jobs still wait at the end');
    await house.database.owner(({ rows }) => checkBooks(rows, attempts, told));
    const found = await house.database.rows<{ summary: string }>(
      sql`select summary from governance.incidents order by opened_at`,
    );
    incidents = found.map(({ summary }) => summary);
  } finally {
    await house.close(); // seals what is left
  }
  const verify = launch(['audit', 'verify', '--json'], env);
  await verify.ended;
  const { said } = verify;
  const result = JSON.parse(/^\{.*\}$/m.exec(said())?.[0] ?? '{}') as { ok?: boolean; leaves?: number; waiting?: number };
  if (!result.ok || result.waiting !== 0) told(`troupe audit verify: ${said()}`);
  return { sealed: result.leaves ?? 0, incidents };
}
