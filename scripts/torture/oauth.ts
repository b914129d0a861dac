// Attacks on signing in by OAuth and on what is shown to MCP: by itself with `node scripts/torture/oauth.ts [--short] [--seed N]`.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import { printReport, type Report } from '../bench/report.ts';
import type { Attack } from './oauth/attack.ts';
import { consentAttacks } from './oauth/consent.ts';
import { documentAttacks } from './oauth/documents.ts';
import { changeAtRandom, mixUpAttacks } from './oauth/mix-up.ts';
import { requestAttacks } from './oauth/requests.ts';
import { tokenAttacks } from './oauth/tokens.ts';
import { transportAttacks } from './oauth/transport.ts';
import { openWorld } from './oauth/world.ts';

const RANDOM_REQUESTS = { short: 60, long: 2_000 };

const groups: Readonly<Record<string, readonly Attack[]>> = {
  'requests and registrations': requestAttacks,
  "a person's yes": consentAttacks,
  'codes and tokens': tokenAttacks,
  'what is shown to MCP': transportAttacks,
  'documents of clients': documentAttacks,
  'mix-up': mixUpAttacks,
};

interface Outcome {
  readonly place: string;
  readonly group: string;
  readonly tries: number;
  readonly broken: readonly string[];
}

/** Runs all of them. Throws with a sentence for each that was not held off. */
export async function oauth(options: { short: boolean; seed: number }): Promise<Report> {
  const { broken, ...report } = await run({ isShort: options.short, seed: options.seed });
  if (broken.length > 0) throw new Error(broken.join('\n'));
  return report;
}

export async function run({
  isShort,
  seed,
}: {
  isShort: boolean;
  seed: number;
}): Promise<Report & { readonly broken: readonly string[] }> {
  const tries = isShort ? RANDOM_REQUESTS.short : RANDOM_REQUESTS.long;
  const outcomes = await onEachDatabase((place) => attack(place, tries, randomOf(seed)));
  return {
    tables: [
      {
        title: 'Attacks on OAuth and MCP, over HTTP, two apps on one database behind a round-robin',
        columns: ['', 'attacks', 'tries', 'held off'],
        rows: outcomes.map(({ place, group, tries: made, broken }) => [place, group, made, made - broken.length]),
      },
    ],
    notes: ['Each attack differs from a request that works by the one thing that its name says.', ...leftOut()],
    broken: outcomes.flatMap(({ place, broken }) => broken.map((sentence) => `${place}: ${sentence}`)),
  };
}

async function attack(place: Place, randomRequests: number, random: () => number): Promise<Outcome[]> {
  const world = await openWorld(await place.newHome());
  const outcomes: Outcome[] = [];
  try {
    const drawn = { name: 'a request changed at random', run: () => changeAtRandom(world, random) };
    const all = { ...groups, 'requests changed at random': Array.from({ length: randomRequests }, (): Attack => drawn) };
    for (const [group, attacks] of Object.entries(all)) {
      const broken: string[] = [];
      for (const one of attacks) {
        const failure = await one.run(world).then(
          () => undefined,
          (error: Error) => `${group}: ${one.name}: ${error.message}`,
        );
        if (failure) broken.push(failure);
      }
      outcomes.push({ place: place.kind, group, tries: attacks.length, broken });
    }
  } finally {
    await world.close();
  }
  return outcomes;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: { short: { type: 'boolean' }, seed: { type: 'string' } } });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  process.stdout.write(`seed ${seed}\n`);
  const report = await run({ isShort: values.short ?? false, seed });
  printReport({ bench: 'torture oauth', at: new Date().toISOString(), machine: { node: process.version }, ...report });
  for (const sentence of report.broken) process.stdout.write(`BROKEN ${sentence}\n`);
  process.exit(report.broken.length === 0 ? 0 : 1); // what the database's engine keeps open must not keep this program
}
