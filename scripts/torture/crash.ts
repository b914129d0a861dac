// SIGKILL under mixed load, and a Postgres that stops at once: nothing acknowledged is lost, unaudited, unbalanced or done twice.
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { type Blow, type Campaign, killServer, stopDatabase, survive } from './crash/campaign.ts';
import { openOwnPostgres } from './crash/own-postgres.ts';
import { randomOf } from './random.ts';

const KILLS = { short: 3, long: 200 };
const STOPS = { short: 1, long: 50 };

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const profile = isShort ? 'short' : 'long';
  const broken: string[] = [];
  const strike = async (place: Place, blow: Blow, times: number): Promise<Campaign> =>
    survive(await place.newHome(), {
      name: `${place.kind}, ${blow.name}`,
      blow,
      times,
      random: randomOf(seed),
      told: (sentence) => broken.push(`${place.kind}, ${blow.name}: ${sentence}`),
    });
  const campaigns = await onEachDatabase(async (place) => [await strike(place, killServer, KILLS[profile])]);
  if (process.env.TROUPE_TEST_DATABASE_URL) {
    const own = await openOwnPostgres();
    try {
      campaigns.push(await own.run((place) => strike(place, stopDatabase(own.stopAtOnce), STOPS[profile])));
    } finally {
      await own.close();
    }
  }
  return {
    tables: [
      {
        title: 'Five callers who post, hold, buy, invite and read, struck at random',
        columns: [
          '',
          'blows',
          'at start',
          'acknowledged',
          'in doubt',
          'of those done',
          'repeats',
          'letters',
          'twice',
          'rows',
          's',
        ],
        rows: campaigns.map((one) => [
          ...[one.name, one.blows, one.atStart, one.acknowledged, one.inDoubt, one.doneInDoubt, one.repeats, one.letters],
          ...[one.lettersRepeated, one.sealed, one.seconds],
        ]),
      },
    ],
    notes: [
      'At start: blows that hit the process before it was ready. In doubt: calls that were never answered; repeated with their key, and done once. ' +
        'Repeats: calls asked again with their key, and answered as before. Rows: of the sealed log, which `troupe audit verify` went through at the end.',
      'Letters are sent at least once: one whose process dies between the mail server and the commit goes out again under the same Message-ID (twice).',
      ...campaigns.flatMap(({ name, incidents }) => incidents.map((one) => `${name}: the house told its Owner: ${one}`)),
      ...leftOut(),
    ],
    broken,
  };
}
