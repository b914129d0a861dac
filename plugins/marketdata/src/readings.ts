// Keeps what was read of a source: each quote once, however often and by whomever it is read.
import { type Context, type Tools, TroupeError } from '@troupe-os/core';
import { and, desc, eq, gt, inArray, isNotNull, isNull } from 'drizzle-orm';
import { marketdataErrors } from './errors.ts';
import { type QuoteRow, quotes, type SourceRow, sources } from './schema.ts';
import type { Fault, Floor, NewQuote, OutsideSource, PriceSource, Reading } from './source.ts';
import { tellWatches } from './watches.ts';

/** What came of asking a source outside, and from where it was read on. */
export interface Asked {
  readonly since: string | undefined;
  readonly outcome: Reading | Failure;
}

interface Failure {
  readonly failure: { readonly code: string; readonly message: string };
}

export interface Kept {
  /** Quotes that are new. */
  readonly added: number;
  /** Quotes that were known already. */
  readonly known: number;
  readonly faultCount: number;
  readonly faults: readonly Fault[];
  readonly error?: Failure['failure'];
  readonly hasMore: boolean;
}

const MOST_FAULTS = 50;
const ROWS_AT_ONCE = 500;
const NOTHING = { added: 0, known: 0, faultCount: 0, faults: [], hasMore: false };

/** Asks a source, with no transaction open. That it fails is an answer too. */
export async function askSource(source: OutsideSource, tools: Tools): Promise<Asked> {
  const [known] = await tools.db.select({ cursor: sources.cursor }).from(sources).where(eq(sources.id, source.id));
  const since = known?.cursor ?? undefined;
  try {
    return { since, outcome: await source.readOutside(tools, since) };
  } catch (error) {
    tools.signal.throwIfAborted();
    const isSaid = error instanceof TroupeError && error.kind !== 'internal';
    if (!isSaid) tools.log.error('a price source failed', { source: source.id, error: (error as Error)?.name });
    const { code, message } = isSaid ? error : marketdataErrors.source_failed;
    return { since, outcome: { failure: { code, message } } };
  }
}

/** Reads a source of the house now, or keeps what one outside has answered. */
export async function keepSource(ctx: Context, source: PriceSource, asked: Asked | undefined): Promise<Kept> {
  const state = await lockedState(ctx, source.id);
  const since = state.cursor ?? undefined;
  if ('readHouse' in source) return keep(ctx, source, state, await source.readHouse(ctx, since));
  if (asked === undefined) throw new Error('a source outside is asked first');
  if ('failure' in asked.outcome) return keepFailure(ctx, source.id, asked.outcome);
  if (asked.since !== since) return NOTHING; // somebody else has read on meanwhile
  return keep(ctx, source, state, asked.outcome);
}

/** What people brought in by hand. */
export async function keepUpload(ctx: Context, source: Pick<PriceSource, 'id' | 'isUntrusted'>, reading: Reading): Promise<Kept> {
  return keep(ctx, source, await lockedState(ctx, source.id), reading);
}

export async function keepFailure(ctx: Context, sourceId: string, { failure }: Failure): Promise<Kept> {
  await lockedState(ctx, sourceId);
  const { code, message } = failure;
  await ctx.db.update(sources).set({ readAt: ctx.now, errorCode: code, errorMessage: message }).where(eq(sources.id, sourceId));
  return { ...NOTHING, error: failure };
}

async function lockedState(ctx: Context, sourceId: string): Promise<SourceRow> {
  await ctx.db.insert(sources).values({ id: sourceId }).onConflictDoNothing();
  const [state] = await ctx.db.select().from(sources).where(eq(sources.id, sourceId)).for('update');
  if (!state) throw marketdataErrors.unknown_source({ sourceId });
  return state;
}

async function keep(
  ctx: Context,
  { id: sourceId, isUntrusted }: Pick<PriceSource, 'id' | 'isUntrusted'>,
  state: SourceRow,
  { quotes: read, floors, cursor, faults: found = [], voidAfter, hasMore = false, isUnchanged = false }: Reading,
): Promise<Kept> {
  const into = { sourceId, reading: state.readings + 1 };
  if (isUntrusted && read.length > 0) ctx.markUntrusted('marketdata.quotes');
  if (voidAfter !== undefined) await voidBehind(ctx, sourceId, voidAfter);
  const { added, reused } = await addQuotes(ctx, into, read);
  const changed = floors ? await addFloors(ctx, into, floors) : 0;
  if (added + changed > 0) await tellWatches(ctx, into);
  const faults = [...found, ...reused].sort((one, other) => one.line - other.line);
  const shown = faults.slice(0, MOST_FAULTS);
  await ctx.db
    .update(sources)
    .set({
      cursor: cursor ?? null,
      readings: into.reading,
      readAt: ctx.now,
      succeededAt: ctx.now,
      errorCode: null,
      errorMessage: null,
      ...(isUnchanged ? {} : { faultCount: faults.length, faults: JSON.stringify(shown) }),
    })
    .where(eq(sources.id, sourceId));
  const known = read.length - added - reused.length;
  const told = isUnchanged
    ? { faultCount: state.faultCount, faults: JSON.parse(state.faults) as Fault[] }
    : { faultCount: faults.length, faults: shown };
  return { added: added + changed, known, ...told, hasMore };
}

interface Into {
  readonly sourceId: string;
  readonly reading: number;
}

/** A reference that is known for something else is a fault of its line. */
async function addQuotes(ctx: Context, into: Into, read: readonly NewQuote[]): Promise<{ added: number; reused: Fault[] }> {
  let added = 0;
  const reused: Fault[] = [];
  for (let from = 0; from < read.length; from += ROWS_AT_ONCE) {
    const some = read.slice(from, from + ROWS_AT_ONCE);
    const rows = some.map(({ line: _, ...quote }) => ({ id: crypto.randomUUID(), ...into, ...quote, recordedAt: ctx.now }));
    const fresh = await ctx.db.insert(quotes).values(rows).onConflictDoNothing().returning({ id: quotes.id });
    added += fresh.length;
    if (fresh.length < rows.length) reused.push(...(await meetKnown(ctx, into.sourceId, some)));
  }
  return { added, reused };
}

/** What is read again is void no more. */
async function meetKnown(ctx: Context, sourceId: string, read: readonly NewQuote[]): Promise<Fault[]> {
  const references = read.map(({ reference }) => reference);
  const rows = await ctx.db
    .select()
    .from(quotes)
    .where(and(eq(quotes.sourceId, sourceId), inArray(quotes.reference, references)));
  const back = rows.filter(({ voidedAt }) => voidedAt !== null).map(({ id }) => id);
  if (back.length > 0) await ctx.db.update(quotes).set({ voidedAt: null }).where(inArray(quotes.id, back));
  const byReference = new Map(rows.map((row) => [row.reference, row]));
  return read
    .filter((quote) => !isSame(quote, byReference.get(quote.reference)))
    .map(({ line = 0 }) => ({ line, reason: 'reference_reused' }));
}

const isSame = (quote: NewQuote, row: QuoteRow | undefined): boolean =>
  row !== undefined &&
  row.asset === quote.asset &&
  row.kind === quote.kind &&
  row.amount === quote.amount &&
  row.unit === quote.unit &&
  row.at.getTime() === quote.at.getTime();

async function voidBehind(ctx: Context, sourceId: string, place: number): Promise<void> {
  await ctx.db
    .update(quotes)
    .set({ voidedAt: ctx.now })
    .where(and(eq(quotes.sourceId, sourceId), gt(quotes.place, place), isNull(quotes.voidedAt), isNotNull(quotes.place)));
}

/** Of the floors those that differ from what is known, and of what is not offered any more that it is not. */
async function addFloors(ctx: Context, into: Into, floors: readonly Floor[]): Promise<number> {
  const known = await ctx.db
    .selectDistinctOn([quotes.asset, quotes.unit], {
      id: quotes.id,
      asset: quotes.asset,
      unit: quotes.unit,
      amount: quotes.amount,
    })
    .from(quotes)
    .where(and(eq(quotes.sourceId, into.sourceId), eq(quotes.kind, 'floor'), isNull(quotes.voidedAt)))
    .orderBy(quotes.asset, quotes.unit, desc(quotes.at), desc(quotes.position));
  const keyOf = ({ asset, unit }: Pick<Floor, 'asset' | 'unit'>) => `${asset} ${unit}`;
  const before = new Map(known.map((floor) => [keyOf(floor), floor.amount]));
  const now = new Set(floors.map(keyOf));
  const differing: { asset: string; unit: string; amount: bigint | null }[] = [
    ...floors.filter((floor) => before.get(keyOf(floor)) !== floor.amount),
    ...known.filter((floor) => floor.amount !== null && !now.has(keyOf(floor))).map((floor) => ({ ...floor, amount: null })),
  ];
  for (let from = 0; from < differing.length; from += ROWS_AT_ONCE) {
    const rows = differing.slice(from, from + ROWS_AT_ONCE).map(({ asset, unit, amount }) => ({
      ...{ id: crypto.randomUUID(), ...into, reference: `floor ${into.reading} ${asset} ${unit}` },
      ...{ asset, unit, amount, kind: 'floor' as const, at: ctx.now, recordedAt: ctx.now },
    }));
    await ctx.db.insert(quotes).values(rows);
  }
  return differing.length;
}
