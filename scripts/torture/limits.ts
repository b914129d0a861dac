// Spends at once never pass a limit, and whoever is refused would have passed it.
import { sql } from 'drizzle-orm';
import { price } from '../../plugins/governance/testing/till/plugin.ts';
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { randomOf } from './random.ts';
import { agentOf, hire, openTreasury, operator } from './treasury.ts';

const AT_ONCE = { short: 60, long: 200 };
const ROUNDS = { short: 2, long: 20 };

interface Outcome {
  readonly place: string;
  readonly spends: number;
  readonly done: number;
  readonly refused: number;
  readonly broken: readonly string[];
}

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const profile = isShort ? 'short' : 'long';
  const outcomes = await onEachDatabase(async (place) => [await torture(place, profile, randomOf(seed))]);
  return {
    tables: [
      {
        title: `${ROUNDS[profile]} rounds of ${AT_ONCE[profile]} spends at once, each against a new limit`,
        columns: ['', 'spends', 'done', 'refused', 'limits passed or left unused'],
        rows: outcomes.map((one) => [one.place, one.spends, one.done, one.refused, one.broken.length]),
      },
    ],
    notes: [
      'A round is broken if more was moved than its limit, or less although one more spend would have fitted.',
      ...leftOut(),
    ],
    broken: outcomes.flatMap(({ place, broken }) => broken.map((sentence) => `${place}: ${sentence}`)),
  };
}

async function torture(place: Place, profile: 'short' | 'long', random: () => number): Promise<Outcome> {
  const house = await openTreasury(await place.newHome());
  const agent = agentOf(await hire(house));
  const ask = (action: string, input: unknown, caller = operator) =>
    house.kernel.execute({ action, input, caller, surface: 'torture', requestId: crypto.randomUUID() });
  const broken: string[] = [];
  let [done, refused] = [0, 0];
  for (let round = 0; round < ROUNDS[profile]; round += 1) {
    price.cents = 1n + BigInt(Math.floor(random() * 50));
    const limit = BigInt(Math.floor(random() * Number(price.cents) * AT_ONCE[profile]));
    const to = `Payee of round ${round}`;
    const set = await ask('governance.set-limit', {
      counterparty: to,
      unit: 'EUR',
      amount: String(limit),
      windowSeconds: 31_622_400,
    });
    const ended = await Promise.allSettled(Array.from({ length: AT_ONCE[profile] }, () => ask('till.pay', { to }, agent)));
    const codes = ended.map((one) =>
      one.status === 'fulfilled' ? 'done' : ((one.reason as { code?: string }).code ?? String(one.reason)),
    );
    done += codes.filter((code) => code === 'done').length;
    refused += codes.filter((code) => code === 'governance.limit_reached').length;
    const other = codes.find((code) => code !== 'done' && code !== 'governance.limit_reached');
    if (other) broken.push(`round ${round}: ${other}`);
    const [moved] = await house.database.rows<{ sum: string }>(
      sql`select coalesce(sum(p.amount) filter (where p.amount > 0), 0)::text as sum from ledger.postings p
        join ledger.entries e on e.id = p.entry_id where e.counterparty = ${to}`,
    );
    const sum = BigInt(moved?.sum ?? '0');
    const wanted = price.cents * BigInt(AT_ONCE[profile]);
    if (sum > limit || (sum + price.cents <= limit && sum < wanted))
      broken.push(`round ${round}: ${sum} moved at a limit of ${limit}, ${price.cents} each`);
    await ask('governance.remove-limit', { limitId: (set.output as { limitId: string }).limitId });
  }
  await house.close();
  return { place: place.kind, spends: ROUNDS[profile] * AT_ONCE[profile], done, refused, broken };
}
