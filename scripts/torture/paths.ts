// Calls by everybody over every surface, mixed at random: one decision, that of the table, and one terminal row of the record.
import { asOwner, serveTestKernel } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { askProcess } from '../../test/ask-command-line.ts';
import { askRest, type Question } from '../../test/ask-surfaces.ts';
import { askInTurn, type Callers, makeCallers, questionsFor } from '../../test/callers.ts';
import { watchRecord } from '../../test/check-record.ts';
import { actions, decideFor, decisionOf, type Outcome, type Who, withTokens } from '../../test/decisions.ts';
import { type FurnishedHouse, startFurnishedHouse } from '../../test/furnished-house.ts';
import { plausibleInputs } from '../../test/plausible-inputs.ts';
import installation from '../../troupe.config.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { openWays, type Way } from './paths/ways.ts';
import { randomOf } from './random.ts';

const PROFILES = { short: { calls: 100, processes: 2 }, long: { calls: 5_000, processes: 25 } };
const everybody: readonly Who[] = ['stranger', ...withTokens];

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const { calls, processes } = PROFILES[isShort ? 'short' : 'long'];
  const random = randomOf(seed);
  const draw = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const house = await startFurnishedHouse();
  const surfaces = installation.surfaces.filter(({ name }) => name !== 'web');
  const server = await serveTestKernel(house, surfaces);
  const callers = await makeCallers(house);
  const questions = await questionsFor(house);
  const ways = await openWays(server.url, callers);
  const broken: string[] = [];
  const made = new Map<string, number>();

  const watches = new Map<Who, Awaited<ReturnType<typeof watchRecord>>>();
  for (const who of everybody) watches.set(who, await watchRecord(house, actorOf(who, callers)));
  const outcomes = new Map<Who, Outcome[]>(everybody.map((who) => [who, []]));
  for (let at = 0; at < calls; at += 1) {
    const who = draw(everybody);
    const way = draw(ways.filter((one: Way) => one.takes(who)));
    const outcome = await way.ask(who, draw(questions));
    const [said, expected] = [decisionOf(outcome.code), decideFor(who, outcome.action)];
    if (said !== expected) broken.push(`${way.name}, ${who}: ${outcome.action} is ${said}, the table says ${expected}`);
    outcomes.get(who)?.push(outcome);
    made.set(way.name, (made.get(way.name) ?? 0) + 1);
  }
  for (const [who, faultsIn] of watches) broken.push(...faultsOf(who, await faultsIn(outcomes.get(who) ?? [])));

  // whole processes tell no id of what went well, so each is watched by itself
  for (let at = 0; at < processes; at += 1) {
    const who = draw(['viewer', 'editor', 'owner'] as const);
    const faultsIn = await watchRecord(house, actorOf(who, callers));
    const outcome = await askProcess(ways.homeOf(who), draw(questions));
    const said = decisionOf(outcome.code);
    if (said !== decideFor(who, outcome.action)) broken.push(`a process, ${who}: ${outcome.action} is ${said}`);
    broken.push(...faultsOf(who, await faultsIn([outcome])));
  }
  made.set('a process of the command line', processes);
  await ways.close();

  const writes = await doWrites(house, { callers, questions, url: server.url, random, broken });
  await house.settle();
  const { terminal, byJobs, twice, open } = await counted(house);
  if (twice > 0) broken.push(`${twice} calls have more than one terminal row`);
  if (open > 0) broken.push(`${open} calls have begun and have no terminal row`);
  if (byJobs === 0) broken.push('no job has left a row');
  return {
    tables: [
      {
        title: 'Calls in random order',
        columns: ['', 'made'],
        rows: [...made].sort(([one], [other]) => one.localeCompare(other)),
      },
      {
        title: 'What the record holds',
        columns: ['', 'count'],
        rows: [
          ['writes done for real, or refused by their handlers', writes],
          ['terminal rows', terminal],
          ['of them by jobs', byJobs],
          ['calls with two', twice],
          ['calls with none', open],
        ],
      },
    ],
    notes: [
      `${actions.length} actions, ${everybody.length} kinds of callers. Writes are dry runs, but for those at the end. On PGlite.`,
    ],
    broken,
  };
}

const actorOf = (who: Who, { actorIds }: Callers) => (who === 'stranger' ? 'guest' : (actorIds.get(who) ?? ''));

const faultsOf = (who: Who, faults: readonly (Outcome & { rows: number })[]) =>
  faults.map(({ action, code, rows }) => `${who}: ${action}, ${code}, has ${rows} rows`);

/** Each write once for real, in random order, by whoever may. */
async function doWrites(
  house: FurnishedHouse,
  {
    callers,
    questions,
    url,
    random,
    broken,
  }: { callers: Callers; questions: readonly Question[]; url: string; random(): number; broken: string[] },
): Promise<number> {
  const writes = questions.filter(({ effect }) => effect === 'write').map((question) => ({ question, at: random() }));
  const inOrder = writes.sort((one, other) => one.at - other.at).map(({ question }) => question);
  for (const who of ['stranger', 'owner'] as const) {
    const asker = { url, token: callers.tokens.get(who) };
    const faultsIn = await watchRecord(house, actorOf(who, callers));
    const theirs = inOrder.filter(({ action }) => (plausibleInputs[action]?.by === 'guest') === (who === 'stranger'));
    broken.push(...faultsOf(who, await faultsIn(await askInTurn(theirs, (question) => askRest(asker, question, true)))));
  }
  return writes.length;
}

async function counted({ database }: FurnishedHouse) {
  const [row] = await asOwner<{ terminal: number; by_jobs: number; twice: number; open: number }>(
    database,
    sql`with calls as (select call_id, count(*) filter (where outcome <> 'initiated') as ends, bool_or(kind = 'job') as by_job
        from core.audit_entries group by call_id)
      select coalesce(sum(ends), 0)::int as terminal, (count(*) filter (where by_job))::int as by_jobs,
        (count(*) filter (where ends > 1))::int as twice, (count(*) filter (where ends = 0))::int as open from calls`,
  );
  return { terminal: row?.terminal ?? 0, byJobs: row?.by_jobs ?? 0, twice: row?.twice ?? 0, open: row?.open ?? 0 };
}
