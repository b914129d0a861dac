import { testDatabaseKind } from '@troupe-os/core/testing';
import { type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startBooks } from '../testing/books.ts';
import { getBalance } from './actions/get-balance.ts';
import { reverseEntry } from './actions/reverse-entry.ts';

const accounts = {
  'assets:bank': { type: 'asset' },
  'assets:cash': { type: 'asset' },
  'income:sales': { type: 'income' },
} as const;

/** Writes as the application does, past the ledger's own code, and has the entries checked as the end of a call does. */
async function write({ database }: Awaited<ReturnType<typeof startBooks>>, ...statements: SQL[]): Promise<void> {
  await database.transaction({}, async (tx) => {
    await tx.rows(sql`select set_config('troupe.call', gen_random_uuid()::text, true)`);
    for (const statement of statements) await tx.rows(statement);
    await tx.rows(sql`set constraints ledger.entry_balanced immediate`);
  });
}

function posting(entryId: string, line: number, { balance, number = 2 }: { balance: number; number?: number }): SQL {
  return sql`insert into ledger.postings (entry_id, line, size, account_id, unit, amount, number, balance, effective_at)
    select e.id, ${line}, e.size, a.id, 'EUR', 5, ${number}, ${balance}, e.effective_at
    from ledger.entries e, ledger.accounts a where e.id = ${entryId} and a.path = 'assets:bank'`;
}

function entry(postings: readonly { path: string; amount: number }[]): SQL {
  const row = { id: crypto.randomUUID(), key: crypto.randomUUID(), digest: '', memo: 'By hand', call_id: crypto.randomUUID() };
  const moments = { effective_at: new Date(), recorded_at: new Date() };
  const lines = postings.map((one, index) => ({ line: index + 1, unit: 'EUR', ...one }));
  return sql`select * from ledger.post_entry(${JSON.stringify({ ...row, ...moments })}::jsonb, ${JSON.stringify(lines)}::jsonb)`;
}

function withoutPostings(id: string): SQL {
  return sql`insert into ledger.entries (id, key, digest, memo, size, effective_at, recorded_at, call_id)
    values (${id}, ${id}, '', 'By hand', 2, now(), now(), ${id})`;
}

test('the database refuses an entry that does not add up or has less than two postings, whoever writes it', async () => {
  const books = await startBooks(accounts);
  const bank = { path: 'assets:bank', amount: 5 };

  await expect(write(books, entry([bank, { path: 'income:sales', amount: -4 }]))).rejects.toMatchObject({
    constraint: 'entry_balanced',
  });
  await expect(write(books, entry([bank]))).rejects.toMatchObject({ constraint: 'entry_size' });
  await expect(write(books, withoutPostings(crypto.randomUUID()))).rejects.toMatchObject({ constraint: 'entry_balanced' });
});

test('the database refuses to change or delete an entry or a posting', async () => {
  const books = await startBooks(accounts);
  await books.move('income:sales', 'assets:bank', 5n);

  for (const statement of [
    sql`update ledger.entries set memo = 'Something else'`,
    sql`delete from ledger.entries`,
    sql`update ledger.postings set amount = amount * 2`,
    sql`delete from ledger.postings`,
  ]) {
    await expect(write(books, statement)).rejects.toMatchObject({ constraint: 'immutable' });
  }
});

test('the database refuses a posting that is added to an entry later, or that breaks the running balance', async () => {
  const books = await startBooks(accounts);
  const { entryId } = await books.move('income:sales', 'assets:bank', 5n);
  const balanced = entry([
    { path: 'assets:bank', amount: 5 },
    { path: 'income:sales', amount: -5 },
  ]);

  await expect(write(books, posting(entryId, 3, { balance: 10 }))).rejects.toMatchObject({ constraint: 'posting_line' });
  await expect(write(books, posting(entryId, 1, { balance: 10 }))).rejects.toMatchObject({ constraint: 'postings_pkey' });
  await expect(write(books, sql`update ledger.balances set balance = balance + 1`, balanced)).rejects.toMatchObject({
    constraint: 'posting_chained',
  });
});

test('the database refuses a posting to a closed account, and a posting in another unit than its account has', async () => {
  const books = await startBooks({ ...accounts, 'assets:dollars': { type: 'asset', unit: 'USD' } });
  const toBank = entry([
    { path: 'assets:bank', amount: 5 },
    { path: 'income:sales', amount: -5 },
  ]);
  const id = crypto.randomUUID();
  const inEuros = sql`insert into ledger.postings (entry_id, line, size, account_id, unit, amount, number, balance, effective_at)
    select e.id, 1, e.size, a.id, 'EUR', 5, 1, 5, e.effective_at from ledger.entries e, ledger.accounts a
    where e.id = ${id} and a.path = 'assets:dollars'`;

  await expect(write(books, sql`update ledger.balances set closed = true`, toBank)).rejects.toMatchObject({
    constraint: 'account_open',
  });
  await expect(write(books, withoutPostings(id), inEuros)).rejects.toMatchObject({ constraint: 'posting_account' });
});

test('two reversals at once leave one', async () => {
  const { run, admin, move } = await startBooks(accounts);
  const { entryId } = await move('income:sales', 'assets:bank', 5n);

  const outcomes = await Promise.allSettled([run(admin, reverseEntry, { entryId }), run(admin, reverseEntry, { entryId })]);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ledger.already_reversed' } });
  expect(await run(admin, getBalance, { path: 'assets:bank' })).toMatchObject({ balance: '0' });
});

test.runIf(testDatabaseKind === 'postgres')(
  'many callers at once post to the same accounts and every balance is the sum of its postings',
  async () => {
    const { database, run, admin, move } = await startBooks(accounts);
    const paths = Object.keys(accounts);
    const caller = async (who: number) => {
      for (let turn = 0; turn < 20; turn++) {
        const from = paths[(who + turn) % paths.length] ?? '';
        const to = paths[(who + turn + 1 + (turn % 2)) % paths.length] ?? '';
        await move(from, to, BigInt(who * 100 + turn + 1));
      }
    };

    await Promise.all(Array.from({ length: 8 }, (_, who) => caller(who)));
    const same = await Promise.all(Array.from({ length: 8 }, () => move('assets:bank', 'assets:cash', 7n, { key: 'once' })));

    expect(new Set(same.map(({ entryId }) => entryId)).size).toBe(1);
    const drifted = await database.rows(sql`
    select b.account_id from ledger.balances b left join ledger.postings p on p.account_id = b.account_id
    group by b.account_id having b.balance <> coalesce(sum(p.amount), 0) or b.postings <> count(p.number) or b.postings <> coalesce(max(p.number), 0)`);
    expect(drifted).toEqual([]);
    const [total] = await database.rows<{ count: string; sum: string }>(sql`select count(*), sum(amount) from ledger.postings`);
    expect(total).toEqual({ count: String(2 * (8 * 20 + 1)), sum: '0' });
    expect(await run(admin, getBalance, { path: 'assets:bank' })).toHaveProperty('balance');
  },
);
