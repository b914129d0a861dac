import { expect, test } from 'vitest';
import { startBooks, type TestAccount } from '../testing/books.ts';
import { getBalance } from './actions/get-balance.ts';
import { getProfitAndLoss } from './actions/get-profit-and-loss.ts';
import { getStatement } from './actions/get-statement.ts';
import { listAccounts } from './actions/list-accounts.ts';
import { postEntry } from './actions/post-entry.ts';

const seed = Number(process.env.TROUPE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ENTRIES = 60;

const accounts: Readonly<Record<string, TestAccount>> = {
  'assets:bank': { type: 'asset' },
  'expenses:fees': { type: 'expense' },
  'expenses:goods:vault': { type: 'expense', brandId: 'vault' },
  'income:sales': { type: 'income' },
  'income:sales:vault': { type: 'income', brandId: 'vault' },
  'income:points': { type: 'income', unit: 'PTS' },
  'liabilities:points': { type: 'liability', unit: 'PTS' },
};

interface Posted {
  readonly path: string;
  readonly unit: string;
  readonly amount: bigint;
  readonly brandId: string | undefined;
  readonly effectiveAt: Date;
}

test(`random entries are accepted when they add up, and every report is the sum of its postings (seed ${seed})`, async () => {
  const { run, admin } = await startBooks(accounts);
  const random = createRandom(seed);
  const posted: Posted[] = [];

  for (let made = 0; made < ENTRIES; made++) {
    const entry = randomEntry(random);
    const balanced = ['EUR', 'PTS'].every((unit) => total(entry.postings.filter((one) => one.unit === unit)) === 0n);
    const effectiveAt = entry.effectiveAt.toISOString();
    const input = { ...entry, effectiveAt, postings: entry.postings.map((one) => ({ ...one, amount: String(one.amount) })) };
    if (!balanced) await expect(run(admin, postEntry, input)).rejects.toMatchObject({ code: 'ledger.unbalanced' });
    else {
      await run(admin, postEntry, input);
      const brandOf = (path: string) => accounts[path]?.brandId ?? entry.brandId;
      posted.push(...entry.postings.map((one) => ({ ...one, brandId: brandOf(one.path), effectiveAt: entry.effectiveAt })));
    }
  }

  expect(posted.length).toBeGreaterThan(0);
  for (const { path, balance } of (await run(admin, listAccounts, {})).items) {
    const own = posted.filter((one) => one.path === path);
    const { items } = await run(admin, getStatement, { path, limit: 100 });
    expect(balance).toBe(String(total(own)));
    expect(items.map((one) => one.balance)).toEqual(own.map((_, index) => String(total(own.slice(0, index + 1)))).reverse());
    const at = new Date('2026-04-01T00:00:00Z');
    const earlier = await run(admin, getBalance, { path, at: at.toISOString() });
    expect(earlier.balance).toBe(String(total(own.filter(({ effectiveAt }) => effectiveAt <= at))));
  }
  const period = { from: new Date('2026-02-01T00:00:00Z'), to: new Date('2026-05-01T00:00:00Z') };
  const report = await run(admin, getProfitAndLoss, { from: period.from.toISOString(), to: period.to.toISOString() });
  const reported = report.items.map(({ brandId, unit, profit }) => [`${brandId} ${unit}`, profit]);
  expect(Object.fromEntries(reported)).toEqual(profits(posted, period));
});

function profits(posted: readonly Posted[], { from, to }: { from: Date; to: Date }): Record<string, string> {
  const counted = posted.filter(
    ({ path, effectiveAt }) => /^(income|expenses)/.test(path) && from <= effectiveAt && effectiveAt < to,
  );
  const groups = Map.groupBy(counted, ({ brandId, unit }) => `${brandId} ${unit}`);
  return Object.fromEntries([...groups].map(([group, own]) => [group, String(-total(own))]));
}

function total(postings: readonly { amount: bigint }[]): bigint {
  return postings.reduce((sum, { amount }) => sum + amount, 0n);
}

type Random = (below: number) => number;

/** Two to five postings; two times in three the last one of each unit makes it add up. */
function randomEntry(random: Random) {
  const paths = Object.keys(accounts);
  const posting = (path: string, amount: bigint) => ({ path, unit: accounts[path]?.unit ?? 'EUR', amount });
  const postings = Array.from({ length: 1 + random(4) }, () => {
    const size = 10n ** BigInt(random(30));
    return posting(paths[random(paths.length)] ?? '', BigInt(1 + random(999)) * size * (random(2) === 0 ? 1n : -1n));
  });
  if (random(3) > 0) {
    for (const unit of ['EUR', 'PTS']) {
      const missing = -total(postings.filter((one) => one.unit === unit));
      const own = paths.filter((path) => (accounts[path]?.unit ?? 'EUR') === unit);
      if (missing !== 0n) postings.push(posting(own[random(own.length)] ?? '', missing));
    }
  }
  if (postings.length < 2) postings.push(posting('assets:bank', 1n));
  const effectiveAt = new Date(Date.UTC(2026, random(6), 1 + random(28)));
  return { memo: `Random ${random(1_000_000)}`, brandId: random(2) === 0 ? 'vault' : undefined, effectiveAt, postings };
}

/** Mulberry32, a small generator with 32 bits of state: the same seed gives the same entries. */
function createRandom(start: number): Random {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
