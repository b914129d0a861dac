// Jepsen's bank on the ledger: money moves between accounts while processes and connections die; their total is the same in every read.
import { sql } from 'drizzle-orm';
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { ACCOUNTS, fillAccounts, openBank, readBalances, TOTAL, type Transfer, transfer } from './bank/accounts.ts';
import { disturb, type Faults } from './bank/faults.ts';
import { randomOf } from './random.ts';

const PROFILES = { short: { seconds: 10, transfers: 20_000 }, long: { seconds: 300, transfers: 20_000 } };
/** What a caller is told while a connection dies. Anything else is a finding. */
const EXPECTED = new Set([
  'core.unavailable',
  'core.busy',
  'core.timeout',
  'database.unreachable',
  'database.gone',
  'database.timeout',
]);

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const profile = PROFILES[isShort ? 'short' : 'long'];
  const broken: string[] = [];
  const rows = await onEachDatabase(async (place) => [
    await torture(place, { ...profile, random: randomOf(seed), told: (sentence) => broken.push(`${place.kind}: ${sentence}`) }),
  ]);
  return {
    tables: [
      {
        title: `${ACCOUNTS} accounts, at most ${profile.seconds} s or ${profile.transfers} transfers`,
        columns: ['', 'done', 'refused', 'in doubt', 'reads', 'kills', 'connections ended', 'calls disturbed', 's'],
        rows,
      },
    ],
    notes: [
      'A process with four callers and a reader on PGlite, two on Postgres. In doubt: begun by a process that was killed before it said how they ended; ' +
        'tried once more at the end, under their keys. Refused: the account had not so much.',
      ...leftOut(),
    ],
    broken,
  };
}

interface Torture {
  readonly seconds: number;
  readonly transfers: number;
  random(): number;
  told(sentence: string): void;
}

async function torture(place: Place, { seconds, transfers, random, told }: Torture): Promise<(string | number)[]> {
  const began = performance.now();
  const home = await place.newHome();
  const first = await openBank(home);
  await fillAccounts(first);
  await first.close();

  const tried = new Map<string, Transfer>();
  const done = new Map<string, Transfer>();
  const refused = new Set<string>();
  const codes: string[] = [];
  let reads = 0;
  const faults: Faults = await disturb(home, {
    seconds,
    random,
    isEnough: () => done.size >= transfers,
    heard(said) {
      if (said.what === 'try') tried.set(said.key, said);
      else if (said.what === 'done')
        done.set(said.key, tried.get(said.key) as Transfer); // it said so before
      else if (said.what === 'refused') refused.add(said.key);
      else if (said.what === 'disturbed') codes.push(said.code);
      else {
        reads += 1;
        const balances = said.balances.map(BigInt);
        const total = balances.reduce((sum, balance) => sum + balance, 0n);
        if (total !== TOTAL) told(`a read shows ${total} in all, not ${TOTAL}: ${said.balances}`);
        if (balances.some((balance) => balance < 0n)) told(`a read shows an account below its minimum: ${said.balances}`);
      }
    },
  });
  for (const code of faults.died) told(`a teller ended by itself, with ${code}`);
  for (const code of new Set(codes)) if (!EXPECTED.has(code)) told(`a call was answered ${code}`);

  const house = await openBank(home);
  const inDoubt = [...tried.values()].filter(({ key }) => !done.has(key) && !refused.has(key));
  for (const one of inDoubt)
    await transfer(house, one).then(
      () => done.set(one.key, one),
      (error: { code?: string }) => {
        if (error.code !== 'ledger.below_minimum') throw error;
      },
    );
  const expected = Array.from({ length: ACCOUNTS }, () => TOTAL / BigInt(ACCOUNTS));
  for (const { from, to, amount } of done.values()) {
    expected[from] = (expected[from] ?? 0n) - BigInt(amount);
    expected[to] = (expected[to] ?? 0n) + BigInt(amount);
  }
  const balances = await readBalances(house);
  if (String(balances) !== String(expected)) told(`the accounts hold ${balances}; what was acknowledged makes ${expected}`);
  const entries = await house.database.rows<{ memo: string }>(sql`select memo from ledger.entries where memo <> 'opening'`);
  const memos = new Set(entries.map(({ memo }) => memo));
  const lost = [...done.keys()].filter((key) => !memos.has(key)).length;
  if (lost > 0) told(`${lost} acknowledged transfers are not in the books`);
  if (entries.length !== done.size) told(`the books have ${entries.length} transfers, and ${done.size} were acknowledged`);
  if (done.size === 0 || reads === 0 || faults.kills === 0) told('nothing was moved, read or killed');
  await house.close();
  const s = Math.round((performance.now() - began) / 1000);
  return [place.kind, done.size, refused.size, inDoubt.length, reads, faults.kills, faults.ended, codes.length, s];
}
