// Attacks on signing in by OAuth and on what is shown to MCP.
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import type { Attack } from './oauth/attack.ts';
import { consentAttacks } from './oauth/consent.ts';
import { documentAttacks } from './oauth/documents.ts';
import { changeAtRandom, mixUpAttacks } from './oauth/mix-up.ts';
import { requestAttacks } from './oauth/requests.ts';
import { tokenAttacks } from './oauth/tokens.ts';
import { transportAttacks } from './oauth/transport.ts';
import { openWorld } from './oauth/world.ts';
import { randomOf } from './random.ts';

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

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
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
