// What asking a model costs, and how much of it an agent and a person may cause in a day. Sums are millionths of a US dollar, days are UTC's.
import type { Context, Db } from '@troupe-os/core';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { BUDGET_KINDS, type BudgetKind } from './contract.ts';
import { workforceErrors } from './errors.ts';
import { budgets, modelPrices, spending } from './schema.ts';

/** For whoever has no budget of their own, where nobody has set `*`: ten dollars. */
export const DEFAULT_DAILY_MICRO_USD = 10_000_000n;
/** The budget of whoever has none of their own. */
export const EVERYBODY = '*';

const PER_TOKENS = 1_000_000n;

export type ModelPrice = typeof modelPrices.$inferSelect;

/** Whose budgets pay. */
export interface Payers {
  readonly agentId: string;
  readonly personId: string;
}

/** In the order in which they are asked. Errors: workforce.model_unpriced. */
export async function pricesOf(db: Db, models: readonly string[]): Promise<ModelPrice[]> {
  const rows = await db
    .select()
    .from(modelPrices)
    .where(inArray(modelPrices.model, [...models]));
  return models.map((model) => {
    const price = rows.find((row) => row.model === model);
    if (!price) throw workforceErrors.model_unpriced({ model });
    return price;
  });
}

/** Rounded up. */
export function costOf(price: ModelPrice, tokens: { readonly input: number; readonly output: number }): bigint {
  const parts = BigInt(tokens.input) * price.inputMicroUsd + BigInt(tokens.output) * price.outputMicroUsd;
  return (parts + PER_TOKENS - 1n) / PER_TOKENS;
}

/** The most that a question can cost: a token is at least a byte long, and whichever of the models is asked in the end. */
export function mostCost(prices: readonly ModelPrice[], requestBytes: number): bigint {
  const costs = prices.map((price) => costOf(price, { input: requestBytes, output: price.mostOutputTokens }));
  return costs.reduce((most, cost) => (cost > most ? cost : most), 0n);
}

/** Sets what asking models may cost in a day, for one actor or for `*`. */
export async function putBudget(ctx: Context, budget: Omit<typeof budgets.$inferInsert, 'updatedAt'>): Promise<void> {
  const row = { ...budget, updatedAt: ctx.now };
  await ctx.db
    .insert(budgets)
    .values(row)
    .onConflictDoUpdate({ target: [budgets.kind, budgets.actorId], set: row });
}

export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Sets a sum aside in both budgets, or in none. Errors: workforce.budget_reached. */
export async function reserve(ctx: Context, payers: Payers, microUsd: bigint): Promise<void> {
  if (microUsd === 0n) return;
  for (const [kind, actorId] of payersInOrder(payers)) {
    const day = dayOf(ctx.now);
    const isThis = spendingOf(kind, actorId, day);
    const set = () =>
      ctx.db
        .update(spending)
        .set({ reservedMicroUsd: sql`${spending.reservedMicroUsd} + ${microUsd.toString()}::bigint` })
        .where(
          and(
            isThis,
            sql`${spending.reservedMicroUsd} + ${spending.spentMicroUsd} + ${microUsd.toString()}::bigint <= ${capOf(kind, actorId)}`,
          ),
        )
        .returning({ kind: spending.kind });
    if ((await set()).length > 0) continue;
    await ctx.db.insert(spending).values({ kind, actorId, day, reservedMicroUsd: 0n, spentMicroUsd: 0n }).onConflictDoNothing();
    if ((await set()).length > 0) continue;
    throw await budgetReached(ctx, kind, actorId, microUsd);
  }
}

/** Pays for what was reserved on that day, and lets go of the rest. */
export async function settle(
  ctx: Context,
  payers: Payers,
  { day, reserved, cost }: { readonly day: string; readonly reserved: bigint; readonly cost: bigint },
): Promise<void> {
  if (reserved === 0n && cost === 0n) return;
  for (const [kind, actorId] of payersInOrder(payers))
    await ctx.db
      .update(spending)
      .set({
        reservedMicroUsd: sql`${spending.reservedMicroUsd} - ${reserved.toString()}::bigint`,
        spentMicroUsd: sql`${spending.spentMicroUsd} + ${cost.toString()}::bigint`,
      })
      .where(spendingOf(kind, actorId, day));
}

/** Agents first, so that two calls never wait for each other. */
const payersInOrder = ({ agentId, personId }: Payers): readonly (readonly [BudgetKind, string])[] => [
  [BUDGET_KINDS[0], agentId],
  [BUDGET_KINDS[1], personId],
];

const spendingOf = (kind: BudgetKind, actorId: string, day: string) =>
  and(eq(spending.kind, kind), eq(spending.actorId, actorId), eq(spending.day, day));

/** The budget as it is at this moment: their own, else everybody's. */
const capOf = (kind: BudgetKind, actorId: string) => sql`coalesce(
  (select ${budgets.dailyMicroUsd} from ${budgets} where ${budgets.kind} = ${kind} and ${budgets.actorId} = ${actorId}),
  (select ${budgets.dailyMicroUsd} from ${budgets} where ${budgets.kind} = ${kind} and ${budgets.actorId} = ${EVERYBODY}),
  ${DEFAULT_DAILY_MICRO_USD.toString()}::bigint)`;

async function budgetReached(ctx: Context, kind: BudgetKind, actorId: string, needed: bigint) {
  const day = dayOf(ctx.now);
  const [row] = await ctx.db
    .select({
      cap: sql<string>`${capOf(kind, actorId)}::text`,
      used: sql<string>`(${spending.reservedMicroUsd} + ${spending.spentMicroUsd})::text`,
    })
    .from(spending)
    .where(spendingOf(kind, actorId, day));
  const [cap, used] = [BigInt(row?.cap ?? 0), BigInt(row?.used ?? 0)];
  return workforceErrors.budget_reached({
    budget: kind,
    actorId,
    dailyUsd: inUsd(cap),
    leftUsd: inUsd(cap > used ? cap - used : 0n),
    neededUsd: inUsd(needed),
    resetsAt: new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString(),
  });
}

/** `1500000` as `1.500000`. */
export const inUsd = (microUsd: bigint): string =>
  `${microUsd / PER_TOKENS}.${(microUsd % PER_TOKENS).toString().padStart(6, '0')}`;

/** The budgets of this day: everybody's, those of their own, and those that are touched; agents first. */
export async function budgetsToday(ctx: Context) {
  const [set, used] = await Promise.all([
    ctx.db.select().from(budgets),
    ctx.db
      .select()
      .from(spending)
      .where(eq(spending.day, dayOf(ctx.now))),
  ]);
  const dailyOf = (kind: BudgetKind, actorId: string): bigint =>
    set.find((row) => row.kind === kind && row.actorId === actorId)?.dailyMicroUsd ??
    (actorId === EVERYBODY ? DEFAULT_DAILY_MICRO_USD : dailyOf(kind, EVERYBODY));
  return BUDGET_KINDS.flatMap((kind) => {
    const theirs = [...set, ...used].filter((row) => row.kind === kind).map(({ actorId }) => actorId);
    return [...new Set([EVERYBODY, ...theirs.sort()])].map((actorId) => {
      const today = used.find((row) => row.kind === kind && row.actorId === actorId);
      const { spentMicroUsd = 0n, reservedMicroUsd = 0n } = today ?? {};
      return { kind, actorId, dailyMicroUsd: dailyOf(kind, actorId), spentMicroUsd, reservedMicroUsd };
    });
  });
}
