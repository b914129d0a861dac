// Ids for people: which list an id is chosen from, and names in the place of ids where somebody types.
import type { FieldSchema, InputSchema } from './cli/words.ts';
import { coreErrors } from './errors.ts';
import { similar } from './nearest.ts';

/** What an action lists, for whoever types an id of it. */
export interface Entries {
  /** The column with the id. */
  readonly id: string;
  /** The inputs that hold such an id: by name in all actions (`agentId`), or in one (`assets.get.id`). */
  readonly inputs: readonly string[];
  /** Columns that name it: where somebody types, each may stand for the id. None: it goes by its id alone. */
  readonly names: readonly string[];
  /** Columns that help to choose one. Default: `names`. */
  readonly about?: readonly string[];
  /** The input that searches for words of its names. */
  readonly search?: string;
}

/** By the name of an input: the actions that list what it holds the id of. */
export type ListedBy = Readonly<Record<string, readonly string[]>>;

/** The lists that whoever asks may read. */
export interface Lists {
  /** Undefined: no list of theirs. */
  entriesOf(action: string): Entries | undefined;
  /** One page, as the action answers it; undefined where it failed. */
  read(action: string, input: object): Promise<Page | undefined>;
}

export interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor?: string | undefined;
}

export interface Named {
  readonly id: string;
  /** What it is called; undefined where it goes by its id alone. */
  readonly name: string | undefined;
  /** What helps to choose it. */
  readonly about: string;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const PAGE = 100;
/** So many entries of a list are looked through for a name. */
const MOST_PAGES = 10;

/**
 * The input with ids in the place of names. What nobody is called stays as it is, where an id may have any form.
 * Errors: core.unknown_name, core.ambiguous_name.
 */
export async function withIds(
  input: Readonly<Record<string, unknown>>,
  { properties = {} }: InputSchema,
  listedBy: ListedBy,
  lists: Lists,
): Promise<Record<string, unknown>> {
  const found = await Promise.all(
    Object.entries(input).map(async ([key, value]) => {
      const open = openTo(listedBy[key], lists);
      if (open.length === 0) return [key, value] as const;
      const about = { open, isUuid: isUuid(properties[key] ?? {}) };
      const idOf = (one: unknown) => (typeof one === 'string' ? idFor(one, key, about, lists) : one);
      return [key, Array.isArray(value) ? await Promise.all(value.map(idOf)) : await idOf(value)] as const;
    }),
  );
  return Object.fromEntries(found);
}

/** The id of what is called so in these lists, or what was said. Errors: core.unknown_name, core.ambiguous_name. */
export async function idNamed(said: string, actions: readonly string[], lists: Lists): Promise<string> {
  const open = openTo(actions, lists);
  return open.length === 0 ? said : idFor(said, '', { open, isUuid: true }, lists);
}

/** At most `most` things in these lists of whose names one begins with, or holds, what was typed. */
export async function namedLike(
  typed: string,
  actions: readonly string[] | undefined,
  lists: Lists,
  most: number,
): Promise<Named[]> {
  const text = typed.toLowerCase();
  const pages = await Promise.all(
    openTo(actions, lists).map(async ({ action, entries }) => {
      const search = entries.search && typed !== '' ? { [entries.search]: typed } : {};
      const page = await lists.read(action, { limit: PAGE, ...search });
      return (page?.items ?? []).map((item) => namedOf(item, entries));
    }),
  );
  const rank = ({ id, name, about }: Named) => {
    const words = [name ?? '', id, about].map((one) => one.toLowerCase());
    return words.some((one) => one.startsWith(text)) ? 0 : words.some((one) => one.includes(text)) ? 1 : 2;
  };
  return pages
    .flat()
    .map((one) => ({ one, at: rank(one) }))
    .filter(({ at }) => at < 2)
    .sort((one, other) => one.at - other.at)
    .slice(0, most)
    .map(({ one }) => one);
}

interface Open {
  readonly action: string;
  readonly entries: Entries;
}

const openTo = (actions: readonly string[] | undefined, lists: Lists): Open[] =>
  (actions ?? []).flatMap((action) => {
    const entries = lists.entriesOf(action);
    return entries ? [{ action, entries }] : [];
  });

const isUuid = (field: FieldSchema): boolean =>
  field.format === 'uuid' || [field.items, ...(field.anyOf ?? [])].some((one) => one !== undefined && isUuid(one));

function namedOf(item: Page['items'][number], { id, names, about = names }: Entries): Named {
  const text = (column: string) => String(item[column] ?? '');
  return {
    id: text(id),
    name: names.map(text).find((one) => one !== ''),
    about: about
      .map(text)
      .filter((one) => one !== '')
      .join(', '),
  };
}

async function idFor(
  said: string,
  input: string,
  { open, isUuid: isIdAUuid }: { open: readonly Open[]; isUuid: boolean },
  lists: Lists,
): Promise<string> {
  const wanted = said.trim().toLowerCase();
  if (UUID.test(said) || wanted === '') return said;
  const seen: Named[] = [];
  const called = new Map<string, Named>();
  for (const { action, entries } of open) {
    for await (const item of itemsOf(action, entries, said, lists)) {
      const named = namedOf(item, entries);
      seen.push(named);
      if (named.id.toLowerCase() === wanted) return named.id;
      if (entries.names.some((column) => String(item[column] ?? '').toLowerCase() === wanted)) called.set(named.id, named);
    }
  }
  const [only, ...others] = called.values();
  if (others.length > 0)
    throw coreErrors.ambiguous_name({
      ...(input ? { input } : {}),
      name: said,
      candidates: [...called.values()].slice(0, 10).map(({ id, about }) => ({ id, about })),
    });
  if (only) return only.id;
  if (!isIdAUuid) return said;
  const like = similar(
    said,
    seen.flatMap(({ name }) => (name ? [name] : [])),
  );
  throw coreErrors.unknown_name({
    ...(input ? { input } : {}),
    name: said,
    ...(like.length > 0 ? { nearest: like.join(', ') } : {}),
  });
}

async function* itemsOf(action: string, { names, search }: Entries, said: string, lists: Lists) {
  if (names.length === 0) return;
  const asked = search ? { [search]: said } : {};
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await lists.read(action, { limit: PAGE, ...asked, ...(cursor ? { cursor } : {}) });
    yield* answer?.items ?? [];
    cursor = answer?.nextCursor;
    // what comes after the first hundred of a search is far from its words
    if (!cursor || search) return;
  }
}
