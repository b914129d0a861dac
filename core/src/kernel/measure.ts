// What a call changed, as limits, tiers and approvals look at it.
import type { MeasuredEffect } from '../define/governor.ts';
import type { CapturedChange } from './preview.ts';
import type { Registry } from './registry.ts';

/** Counts rows and adds up money, by what the tables declare. Everything is in an order of its own. */
export function measureEffect(changes: readonly CapturedChange[], registry: Registry): MeasuredEffect {
  const books = new Set(registry.governor?.books);
  const counted = new Map<string, { table: string; operation: string; count: number }>();
  const sums = new Map<string, { account: string; unit: string; amount: bigint }>();
  const counterparties = new Set<string>();
  const made = new Map(changes.filter(({ operation }) => operation === 'insert').map(({ key }, place) => [key, `new ${place}`]));
  for (const { table, operation, before, after } of changes) {
    if (books.has(table)) continue;
    const count = counted.get(`${table} ${operation}`) ?? { table, operation, count: 0 };
    counted.set(`${table} ${operation}`, { ...count, count: count.count + 1 });
    const known = registry.tables.get(table);
    const { sums: money, counterparty } = known?.rule ?? {};
    const row = JSON.parse(after || before || '{}') as Record<string, string | null>;
    const value = (name: string) => row[known?.columns[name] ?? ''] ?? '';
    if (counterparty && value(counterparty)) counterparties.add(value(counterparty));
    if (!money) continue;
    const account = made.get(value(money.account)) ?? value(money.account);
    const unit = value(money.unit);
    const soFar = sums.get(`${account} ${unit}`)?.amount ?? 0n;
    sums.set(`${account} ${unit}`, { account, unit, amount: soFar + BigInt(value(money.amount)) });
  }
  const ordered = <T>(map: Map<string, T>) => [...map].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
  return {
    rows: ordered(counted),
    sums: ordered(sums).map(({ amount, ...of }) => ({ ...of, amount: amount.toString() })),
    counterparties: [...counterparties].sort(),
  };
}
