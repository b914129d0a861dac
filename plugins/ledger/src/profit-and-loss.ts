import type { Context } from '@troupe-os/core';
import { and, eq, gte, inArray, lt, sql, sum } from 'drizzle-orm';
import { withinReach } from './reach.ts';
import { accounts, entries, postings } from './schema.ts';

interface Question {
  readonly from: Date;
  /** The period ends before this moment. */
  readonly to: Date;
  readonly brandId?: string | undefined;
  readonly unit?: string | undefined;
}

export interface ProfitLine {
  readonly accountId: string;
  readonly path: string;
  readonly title: string;
  readonly type: 'income' | 'expense';
  readonly amount: bigint;
}

export interface BrandProfit {
  readonly brandId: string | undefined;
  readonly unit: string;
  readonly income: bigint;
  readonly expenses: bigint;
  readonly profit: bigint;
  readonly lines: ProfitLine[];
}

// money belongs to the brand of its account; where that is the company's, to the brand of the entry
const brand = sql<string | null>`coalesce(${accounts.brandId}, ${entries.brandId})`;

/** Income and expenses by brand and unit. Each brand's lines in the order of their paths, the company's own after the brands. */
export async function profitAndLoss(ctx: Context, { from, to, brandId, unit }: Question): Promise<BrandProfit[]> {
  const rows = await ctx.db
    .select({
      accountId: accounts.id,
      path: accounts.path,
      title: accounts.title,
      type: accounts.type,
      unit: accounts.unit,
      brandId: brand.as('brand'),
      total: sum(postings.amount),
    })
    .from(postings)
    .innerJoin(accounts, eq(accounts.id, postings.accountId))
    .innerJoin(entries, eq(entries.id, postings.entryId))
    .where(
      and(
        inArray(accounts.type, ['income', 'expense']),
        gte(postings.effectiveAt, from),
        lt(postings.effectiveAt, to),
        withinReach(ctx, 'ledger.entry.read', brand),
        brandId === undefined ? undefined : eq(brand, brandId),
        unit === undefined ? undefined : eq(accounts.unit, unit),
      ),
    )
    .groupBy(accounts.id, brand)
    .orderBy(sql`brand nulls last`, accounts.unit, accounts.path);

  const groups = Map.groupBy(rows, (row) => JSON.stringify([row.brandId, row.unit]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const lines = group.map(({ accountId, path, title, type, total }): ProfitLine => {
      const debit = BigInt(total ?? 0);
      return { accountId, path, title, ...(type === 'income' ? { type, amount: -debit } : { type: 'expense', amount: debit }) };
    });
    const totalOf = (type: ProfitLine['type']) =>
      lines.reduce((total, line) => (line.type === type ? total + line.amount : total), 0n);
    const [income, expenses] = [totalOf('income'), totalOf('expense')];
    return [{ brandId: first.brandId ?? undefined, unit: first.unit, income, expenses, profit: income - expenses, lines }];
  });
}
