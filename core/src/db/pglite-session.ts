// Statements of the embedded database's one session: each text is parsed once, and from then on sent in one message.
import { messages, type PGlite, parse, protocol } from '@electric-sql/pglite';
import type { AnsweredColumn } from './database.ts';
import { columnOf, isStalePlan } from './prepared.ts';

export interface Query {
  readonly text: string;
  readonly params: readonly unknown[];
  /** What begins a transaction, sent in one message with the statement: when it fails, that is not executed. */
  readonly before?: string | undefined;
}

/** How cells are read, by the oid of their type. */
export type Parsers = Readonly<Record<number, (value: string) => unknown>>;

export interface QueryAnswer {
  readonly rows: readonly unknown[];
  readonly columns: readonly AnsweredColumn[];
}

export interface Session {
  /** Errors: the database's own. */
  query(query: Query, rowMode: 'array' | 'object', parsers: Parsers): Promise<QueryAnswer>;
  /** To be called when tables, types or functions may have changed. */
  forget(): Promise<void>;
}

/** The database keeps a plan for each. */
const MOST_PREPARED = 500;

/** A statement that the database keeps under `name`. */
interface Prepared {
  readonly name: string;
  readonly params: readonly number[];
  readonly described: messages.RowDescriptionMessage | undefined;
}

interface Told {
  readonly described: messages.RowDescriptionMessage | undefined;
  readonly told: Awaited<ReturnType<PGlite['execProtocolStream']>>;
}

export function createSession(database: PGlite): Session {
  const { serialize } = protocol;
  /** The least recently used is first. */
  const prepared = new Map<string, Prepared>();
  let named = 0;

  const send = (...parts: readonly Uint8Array[]) => database.execProtocolStream(Buffer.concat(parts), { syncToFs: false });

  async function prepare(text: string): Promise<Prepared> {
    const known = prepared.get(text);
    if (known) {
      prepared.delete(text);
      prepared.set(text, known);
      return known;
    }
    const name = `troupe_${named++}`;
    const [oldest] = prepared.size < MOST_PREPARED ? [] : prepared;
    const closing = oldest ? [serialize.close({ type: 'S', name: oldest[1].name })] : [];
    const parsing = [serialize.parse({ name, text }), serialize.describe({ type: 'S', name })];
    if (oldest) prepared.delete(oldest[0]);
    const told = await send(...closing, ...parsing, serialize.sync());
    const described = told.find((message) => message instanceof messages.RowDescriptionMessage);
    const made = { name, params: parse.parseDescribeStatementResults(told), described };
    prepared.set(text, made);
    return made;
  }

  const execute = (name: string, values: (string | null)[] = []) => [
    serialize.bind({ statement: name, values }),
    serialize.execute({}),
  ];

  async function run({ text, params, before }: Query): Promise<Told> {
    const beginning = before === undefined ? [] : execute((await prepare(before)).name);
    const begin = () => send(...beginning, serialize.sync());
    // together only with what is known to be a statement: whatever becomes of another one, its transaction has begun. Outside one (`reset role`)
    // both would be undone with the statement
    const isTogether = before?.startsWith('begin') === true && prepared.has(text);
    if (before !== undefined && !isTogether) await begin();
    const statement = await prepare(text);
    let values: (string | null)[];
    try {
      values = params.map((value, index) => written(value, database.serializers[statement.params[index] ?? 0]));
    } catch (error) {
      if (isTogether) await begin();
      throw error;
    }
    const told = await send(...(isTogether ? beginning : []), ...execute(statement.name, values), serialize.sync());
    const begun = isTogether ? told.findIndex(({ name }) => name === 'commandComplete') + 1 : 0;
    return { described: statement.described, told: told.slice(begun) };
  }

  async function forget(): Promise<void> {
    if (prepared.size === 0) return;
    prepared.clear();
    await send(serialize.query('deallocate all'));
  }

  async function runAnew(query: Query): Promise<Told> {
    try {
      return await run(query);
    } catch (error) {
      if (!isStalePlan(error)) throw error;
      if (!database.isInTransaction()) {
        await forget();
        return run(query);
      }
      prepared.clear(); // a transaction that failed takes no word; what the database keeps under the old names is in nobody's way
      throw error;
    }
  }

  return {
    async query(query, rowMode, parsers) {
      const { described, told } = await database.runExclusive(() => runAnew(query));
      const [result] = parse.parseResults(described ? [described, ...told] : told, database.parsers, { rowMode, parsers });
      return { rows: result?.rows ?? [], columns: (described?.fields ?? []).map(columnOf) };
    },
    forget: () => database.runExclusive(forget),
  };
}

function written(value: unknown, serializer: ((value: unknown) => string) | undefined): string | null {
  if (value === null || value === undefined) return null;
  return serializer ? serializer(value) : String(value);
}
