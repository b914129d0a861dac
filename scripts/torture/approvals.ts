// Calls that wait for a yes are made once, however often the process is killed between the yes and the end of the call.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { price } from '../../plugins/governance/testing/till/plugin.ts';
import { type Home, leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { randomOf } from './random.ts';
import { agentOf, hire, hireAgent, openTreasury } from './treasury.ts';

const APPROVALS = { short: 30, long: 1_000 };
const KILLS = { short: 3, long: 100 };
const WAITING_OF_ONE = 100; // more may not wait at once
const QUICK = new URL('../../core/src/quick-imports.ts', import.meta.url).href;
const CENTS = 1_500_00n; // needs another person's yes

interface Outcome {
  readonly place: string;
  readonly approvals: number;
  readonly kills: number;
  /** Approved calls that were made once, not at all, more than once. */
  readonly once: number;
  readonly never: number;
  readonly more: number;
  readonly seconds: number;
}

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const profile = isShort ? 'short' : 'long';
  const outcomes = await onEachDatabase(async (place) => [await torture(place, profile, randomOf(seed))]);
  return {
    tables: [
      {
        title: 'Approved calls of an agent, killed at random',
        columns: ['', 'approvals', 'kills', 'made once', 'never', 'more than once', 'seconds'],
        rows: outcomes.map((one) => [one.place, one.approvals, one.kills, one.once, one.never, one.more, one.seconds]),
      },
    ],
    notes: [
      'Each moves money under its own name. A process says yes to all and makes them; it is ended by SIGKILL at random, while it votes and while calls run, and started again.',
      ...leftOut(),
    ],
    broken: outcomes.flatMap(({ place, approvals, kills, once, never, more }) => [
      ...(once === approvals
        ? []
        : [`${place}: of ${approvals} approved calls ${never} were never made and ${more} more than once`]),
      ...(kills < KILLS[profile] ? [`${place}: all was done after ${kills} of ${KILLS[profile]} kills`] : []),
    ]),
  };
}

async function torture(place: Place, profile: 'short' | 'long', random: () => number): Promise<Outcome> {
  const began = performance.now();
  const home = await place.newHome();
  const bob = await park(home, APPROVALS[profile]);
  let [kills, yeses] = [0, 0];
  for (;;) {
    const killsLeft = KILLS[profile] - kills;
    // each life has a share of what is left, so that some is left for the last
    const share = (APPROVALS[profile] - yeses) / (killsLeft + 1);
    const life = await live(home, bob, killsLeft > 0 ? { afterYeses: random() * share, andMs: random() * 50 } : undefined);
    yeses += life.yeses;
    if (life.isDone) break;
    kills += 1;
  }
  const counts = await count(home);
  return {
    place: place.kind,
    approvals: APPROVALS[profile],
    kills,
    ...counts,
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

/** Stores the calls; answers who may say yes. */
async function park(home: Home, approvals: number): Promise<string> {
  const house = await openTreasury(home);
  const people = await hire(house);
  // accounts that the first call opens would be another effect than that of the next: a small sum opens them
  price.cents = 1n;
  await house.kernel.execute({
    action: 'till.pay',
    input: { to: 'first' },
    caller: agentOf(people),
    surface: 'torture',
    requestId: 'first',
  });
  price.cents = CENTS;
  let agent = people.agent;
  for (let at = 0; at < approvals; at += 1) {
    if (at > 0 && at % WAITING_OF_ONE === 0) agent = await hireAgent(house, people.ann, `Spender ${at}`);
    const call = {
      action: 'till.pay',
      input: { to: `Payee ${at}` },
      caller: agentOf({ ...people, agent }),
      surface: 'torture',
      requestId: `park-${at}`,
    };
    const refusal = await house.kernel.execute(call).catch((error: { code?: string }) => error);
    if (!('code' in refusal) || refusal.code !== 'core.approval_needed')
      throw new Error(`it did not wait: ${JSON.stringify(refusal)}`);
  }
  await house.close();
  return people.bob;
}

/** When a process is killed: so many milliseconds after it has said so many yeses. */
interface Kill {
  readonly afterYeses: number;
  readonly andMs: number;
}

/** One life of the process, and whether it ended by itself. */
async function live(home: Home, bob: string, kill: Kill | undefined): Promise<{ isDone: boolean; yeses: number }> {
  const program = fileURLToPath(new URL('approver.ts', import.meta.url));
  const env = { ...process.env, TORTURE_CENTS: String(CENTS) };
  const child = spawn(process.execPath, ['--import', QUICK, program, home.folder, home.databaseUrl ?? '', bob], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  let said = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (kill && yesesOf(said) >= kill.afterYeses) timer ??= setTimeout(() => child.kill('SIGKILL'), kill.andMs);
  });
  const [code] = await new Promise<[number | null]>((resolve) => child.once('close', (ended) => resolve([ended])));
  clearTimeout(timer);
  if (code !== null && code !== 0) throw new Error(`the process failed with ${code}`);
  return { isDone: said.endsWith('done\n'), yeses: yesesOf(said) };
}

const yesesOf = (said: string): number => said.split('\n').filter((line) => line === 'yes').length;

async function count(home: Home): Promise<Pick<Outcome, 'once' | 'never' | 'more'>> {
  const house = await openTreasury(home);
  const rows = await house.database.rows<{ payments: number; state: string }>(
    sql`select a.state, (select count(*)::integer from ledger.entries e where e.counterparty = a.input::jsonb ->> 'to') as payments
      from governance.approvals a`,
  );
  await house.close();
  return {
    once: rows.filter(({ payments, state }) => payments === 1 && state === 'executed').length,
    never: rows.filter(({ payments }) => payments === 0).length,
    more: rows.filter(({ payments }) => payments > 1).length,
  };
}
