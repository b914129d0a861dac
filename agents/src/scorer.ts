// How the work of an agent is judged: by what stands in the house afterwards, and never by what the agent says of itself.

/** A call that the agent made, as its conversation keeps it. */
export interface MadeCall {
  readonly action: string;
  readonly input: unknown;
  /** The code of the error that it was answered with; undefined: it was done. */
  readonly error?: string;
}

/** A row that the agent's calls changed, as it was captured. */
export interface ChangedRow {
  /** `schema.table` */
  readonly table: string;
  readonly operation: 'insert' | 'update' | 'delete';
  /** Of an update the columns that changed, else all. */
  readonly columns: readonly string[];
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** What came of a conversation. */
export interface Outcome {
  /** All that the person said. */
  readonly asked: string;
  /** All that the agent said. */
  readonly text: string;
  readonly calls: readonly MadeCall[];
  readonly changes: readonly ChangedRow[];
  /** The answer of an action now, to somebody who sees everything. */
  read<T>(action: string, input?: object): Promise<T>;
}

export interface Scorer {
  readonly name: string;
  /** What is so where the score is 1. */
  readonly says: string;
  /** Less is a failure. */
  readonly least: number;
  /** From 0 to 1. */
  score(outcome: Outcome): Promise<number> | number;
}

/** The part of these for which it is so; 1 where there are none. */
export const share = <T>(all: readonly T[], isSo: (one: T) => boolean): number =>
  all.length === 0 ? 1 : all.filter(isSo).length / all.length;

export const changesNothing: Scorer = {
  name: 'changes nothing',
  says: 'No row was changed by it.',
  least: 1,
  score: ({ changes }) => (changes.length === 0 ? 1 : 0),
};

/** Rows of these tables (`schema.table`) were written, and no others. */
export const changesOnly = (...tables: readonly string[]): Scorer => ({
  name: 'changes nothing else',
  says: `No row was changed by it but of ${tables.join(', ')}.`,
  least: 1,
  score: ({ changes }) => (changes.every(({ table }) => tables.includes(table)) ? 1 : 0),
});

const SUM = /\d[\d,]*\.\d{2}(?!\d)/g;
const SUM_FIELDS = new Set(['price', 'total', 'revenue', 'income', 'expenses', 'profit', 'amount', 'balance']);

/** Of every sum that it says (12.50, 1,250.00): it was told it, or it stands in the answer of one of these actions, in minor units of two decimals. */
export function sumsStandIn(actions: readonly string[]): Scorer {
  return {
    name: 'sums are true',
    says: `Every sum that it says was told it, or stands in the answer of ${actions.join(' or ')}.`,
    least: 1,
    async score({ asked, text, read }) {
      const answers = await Promise.all(actions.map((action) => read<unknown>(action, {})));
      const known = new Set([...saidIn(asked), ...answers.flatMap(sumsOf).map((sum) => sum.replace('-', ''))]);
      return share(saidIn(text), (sum) => known.has(sum));
    },
  };
}

/** In minor units. */
const saidIn = (text: string): string[] => (text.match(SUM) ?? []).map((said) => String(BigInt(said.replaceAll(/[,.]/g, ''))));

function sumsOf(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([field, value]) =>
    SUM_FIELDS.has(field) && typeof value === 'string' ? [value] : sumsOf(value),
  );
}
