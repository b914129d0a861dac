// Planted secrets: after a whole life of the house none stands in anything that came out of it, but where a checked-in list says why.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SCRIPTED_PRICE } from '@troupe-os/agents/testing';
import { type RunningServer, startServer } from '../../test/servers.ts';
import { leftOut } from '../bench/places.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { isAllowed } from './canary/allowed.ts';
import { letAppIn, talk, workOverMcp } from './canary/apps.ts';
import { startAsking } from './canary/asking.ts';
import { askByCommand, readRecord, startWrongly } from './canary/command-line.ts';
import { dumpDatabase, dumpFolder } from './canary/dump.ts';
import { filesFolder, openWorld, type World } from './canary/house.ts';
import { keepAnswers } from './canary/outputs.ts';
import { comeIn, linkAccount, makeTokens, protect, write } from './canary/people.ts';
import type { Hit } from './canary/secrets.ts';
import { sell } from './canary/shop.ts';
import { askInBadWeather, askWithoutDatabase, failAtProvider, lookAtProcess, report, spoil } from './canary/troubles.ts';
import { randomOf } from './random.ts';

const LEAST_PLANTED = 20;
/** Each is a process of its own. */
const MOST_SHOWN = 5;

/** Each holds the mark: a search that looks at nothing finds nothing. */
const MARKED = [
  'log',
  'readable log',
  'answer',
  'error',
  'column',
  'prompt',
  'embedding',
  'span',
  'letter',
  'object',
  'command line',
  'diagnostic report',
];
/** Nothing of ours can be made to stand there, so it must be there at least. */
const THERE = ['printed', 'provider', 'chain', 'bucket', 'process', 'refused start', 'prompt header', 'file'];

interface Life {
  readonly kind: string;
  readonly planted: number;
  readonly values: number;
  readonly outputs: number;
  readonly bytes: number;
  readonly found: readonly Hit[];
  readonly leaked: readonly Hit[];
  readonly broken: readonly string[];
}

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const kinds = ['PGlite', ...(process.env.TROUPE_TEST_DATABASE_URL && !isShort ? ['Postgres'] : [])] as const;
  const lives: Life[] = [];
  for (const kind of kinds as readonly ('PGlite' | 'Postgres')[]) lives.push(await live(kind, isShort, randomOf(seed)));
  return {
    tables: [
      {
        title: 'Secrets planted in a house, and looked for in all that came out of it',
        columns: ['', 'secrets', 'values', 'outputs', 'MiB', 'where they may stand', 'leaks'],
        rows: lives.map((one) => [
          ...[one.kind, one.planted, one.values, one.outputs, Math.round(one.bytes / 2 ** 20)],
          ...[one.found.length - one.leaked.length, one.leaked.length],
        ]),
      },
    ],
    notes: [
      'Looked for as they are, in halves, reversed, in hex, base64 and base64url, percent-encoded, escaped as JSON, as a list of bytes, in UTF-16 and by their SHA-256.',
      'The environment of a running process (/proc/PID/environ) holds its settings for whoever owns it: no program can take them away there.',
      ...(isShort ? [] : leftOut()),
    ],
    broken: lives.flatMap(({ kind, broken }) => broken.map((sentence) => `${kind}: ${sentence}`)),
  };
}

async function live(kind: 'PGlite' | 'Postgres', isShort: boolean, random: () => number): Promise<Life> {
  const world = await openWorld(kind, random);
  const origins = new Set<string>();
  const answers = keepAnswers(world.outputs, ({ origin }) => origins.has(origin));
  try {
    const { ann, callIds } = await inFairWeather(world, isShort, origins);
    await answers.whole();
    await inBadWeather(world, { origins, ann });
    await answers.whole();
    await readRecord(world, callIds, isShort);
    await startWrongly(world, isShort);
  } finally {
    answers.end();
  }
  return judge(kind, world);
}

async function inFairWeather(world: World, isShort: boolean, origins: Set<string>) {
  const { secrets } = world;
  const server = await startServer(world.place);
  origins.add(server.url);
  secrets.plant('key of the local operator', server.token);
  const asking = startAsking(server, world);
  const operator = { token: server.token };
  const ann = await comeIn(asking, world, operator);
  await protect(asking, world, operator, 'Careful');
  await write(asking, world, operator, ann);
  const token = await makeTokens(asking, world, operator, ann);
  await linkAccount(asking, world, ann);
  await failAtProvider(asking, world, ann);
  await sell(asking, world, operator);
  await asking.does(operator, 'workforce.set-model-price', SCRIPTED_PRICE);
  await talk(server, asking, world, { token });
  const access = await letAppIn(server, world, ann);
  if (!isShort) {
    await workOverMcp(server, world, access);
    await workOverMcp(server, world, token);
  }
  for (const path of [
    '/metrics',
    '/openapi.json',
    '/reference',
    '/readyz',
    '/account',
    '/account/tokens',
    '/account/sessions',
    '/console',
  ])
    await asking.get(path, { session: ann.session });
  const { items } = (await asking.does(operator, 'governance.search-audit', { limit: 100 })) as unknown as {
    items: { callId: string }[];
  };
  const callIds = items.map(({ callId }) => callId);
  for (const callId of callIds) await asking.tries(operator, 'governance.get-call', { callId });
  await askByCommand(world, callIds, isShort);
  lookAtProcess(server, world);
  dumpFolder(world);
  await endServer(server, world, 'log');
  if (!isShort) await dumpDatabase(world);
  return { ann, callIds: callIds.slice(0, MOST_SHOWN) };
}

/** Everything goes wrong: once with a log for machines, and once with one for people. */
async function inBadWeather(
  world: World,
  { origins, ann }: { origins: Set<string>; ann: Parameters<typeof failAtProvider>[2] },
): Promise<void> {
  const { secrets, weather, place } = world;
  await spoil(world);
  const folder = join(filesFolder(), secrets.mark);
  mkdirSync(folder);
  const reporting = `--report-on-signal --report-directory=${folder} --report-filename=${secrets.mark}.json`; // its name stands in it
  for (const [kind, options] of Object.entries({ log: reporting, 'readable log': `--import=${AS_A_TERMINAL}` })) {
    const server = await startServer({ ...place, env: { ...place.env, NODE_OPTIONS: options } });
    origins.add(server.url);
    secrets.plant('key of the local operator', server.token);
    const asking = startAsking(server, world);
    weather.isSour = true;
    await askInBadWeather(server, asking, world, ann);
    if (kind === 'log') await report(server, asking, world, folder);
    if (world.adminUrl) await askWithoutDatabase(server, asking, world, ann);
    await endServer(server, world, kind);
    weather.isSour = false;
  }
  dumpFolder(world);
  await dumpDatabase(world);
}

/** What makes the house write its log for people. */
const AS_A_TERMINAL = 'data:text/javascript,process.stderr.isTTY=true';

/** What it printed holds a link for the Owner, and its log nothing of the kind. */
async function endServer(server: RunningServer, { secrets, outputs }: World, log: string): Promise<void> {
  const { stdout, stderr } = await server.stop();
  secrets.plant('link of the start', /token=(\S+)/.exec(stdout)?.[1] ?? '');
  outputs.add('printed', 'by a start', stdout);
  outputs.add(log, 'standard error', stderr);
}

function judge(kind: string, { secrets, outputs }: World): Life {
  const { hits, marked, bytes } = secrets.look(outputs);
  const kinds = new Set([...outputs].map((one) => one.kind));
  const leaked = hits.filter((hit) => !isAllowed(hit));
  const broken = leaked.map(
    ({ secret, form, kind: where, name, before }) => `${secret}, ${form}, in ${where} ${name}, after ${JSON.stringify(before)}`,
  );
  for (const one of MARKED)
    if (!marked.has(one)) broken.push(`the mark was not found in any ${one}: the search sees nothing there`);
  for (const one of THERE) if (!kinds.has(one)) broken.push(`there was no ${one} to look at`);
  if (secrets.planted.size < LEAST_PLANTED) broken.push(`only ${secrets.planted.size} secrets were planted`);
  const values = [...secrets.planted.values()].reduce((sum, list) => sum + list.length, 0);
  return { kind, planted: secrets.planted.size, values, outputs: [...outputs].length, bytes, found: hits, leaked, broken };
}
