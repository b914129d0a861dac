// What may come next in a command: plugins, verbs, inputs and their values.
import { type FieldSchema, type Named, namedLike } from '@troupe-os/core/command-line';
import { type Caller, formatTraceParent, type Kernel, newSpanId, newTraceId } from '@troupe-os/core/surface';
import { KNOWN_FLAGS } from './commands.ts';
import { schemaOf, verbOf } from './help.ts';
import { listsIn } from './lists.ts';

export interface Completions {
  /** The place in the text from which on an item replaces it. */
  readonly from: number;
  readonly items: readonly { readonly text: string; readonly title: string }[];
}

/** The ways to go on after `prefix`, from what this caller may do. */
export async function complete(kernel: Kernel, caller: Caller, prefix: string): Promise<Completions> {
  if (!prefix.startsWith('/')) return { from: prefix.length, items: [] };
  const open = await kernel.actionsFor(caller);
  const words = wordsOf(prefix.slice(1));
  const last = words.at(-1) ?? '';
  const answer = (items: Completions['items']): Completions => ({
    from: prefix.length - last.length,
    items: items.filter(({ text }) => text.startsWith(last) && text.trimEnd() !== last),
  });

  if (words.length === 1) {
    const plugins = [...new Set(open.map(({ plugin }) => plugin.id))];
    const counted = (id: string) => {
      const { length } = open.filter(({ plugin }) => plugin.id === id);
      return length === 1 ? '1 command' : `${length} commands`;
    };
    return answer([{ text: 'help', title: 'All commands' }, ...plugins.map((id) => ({ text: `${id} `, title: counted(id) }))]);
  }
  const ofPlugin = open.filter(({ plugin }) => plugin.id === words[0]);
  if (words.length === 2) return answer(ofPlugin.map(({ action }) => ({ text: `${verbOf(action.name)} `, title: action.title })));

  const found = ofPlugin.find(({ action }) => verbOf(action.name) === words[1]);
  if (!found) return answer([]);
  const { properties = {}, required = [] } = schemaOf(found.action);
  const [name = '', value] = splitOnce(last);
  if (value !== undefined) {
    const lists = listsIn(open, { kernel, caller, requestId: crypto.randomUUID(), trace: newTrace() });
    const named = await namedLike(unquoted(value), found.listedBy[name], lists, MOST_NAMED);
    if (named.length > 0) return { from: prefix.length - last.length, items: named.map((one) => itemOf(name, one, named)) };
    return answer(
      valuesOf(properties[name]).map((one) => ({ text: `${name}=${one} `, title: properties[name]?.description ?? '' })),
    );
  }
  const given = new Set(words.slice(2, -1).map((word) => word.split('=', 1)[0]));
  const needed = (key: string) => (required.includes(key) ? 0 : 1);
  const names = Object.keys(properties)
    .filter((key) => !given.has(key))
    .sort((one, other) => needed(one) - needed(other));
  const flags = [...KNOWN_FLAGS].filter(
    (flag) => last.startsWith('--') && (flag !== '--dry-run' || found.action.effect === 'write'),
  );
  return answer([
    ...names.map((key) => ({ text: `${key}=`, title: properties[key]?.description ?? '' })),
    ...flags.map((flag) => ({ text: flag, title: '' })),
  ]);
}

/** So many things are offered by name. */
const MOST_NAMED = 20;

/** A name stands for its thing where no other one is called so. */
function itemOf(key: string, { id, name, about }: Named, all: readonly Named[]): Completions['items'][number] {
  const isOnly = name !== undefined && all.filter((other) => other.name?.toLowerCase() === name.toLowerCase()).length === 1;
  return { text: `${key}=${isOnly ? quoted(name) : id} `, title: isOnly && about === name ? '' : about };
}

const quoted = (text: string): string => (/^[^\s"'[{]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`);
const unquoted = (text: string): string => text.replace(/^["']/, '').replace(/["']$/, '');

/** The words so far, the last one unfinished: blanks within quotation marks belong to their word. */
function wordsOf(text: string): string[] {
  const words = text.match(/[\w-]+=(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\S*)|\S+/g) ?? [];
  return text.endsWith(words.at(-1) ?? '\0') ? words : [...words, ''];
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

const newTrace = () => formatTraceParent({ traceId: newTraceId(), spanId: newSpanId(), sampled: false });

function valuesOf(field: FieldSchema | undefined): string[] {
  if (!field) return [];
  if (field.enum) return field.enum.map(String);
  if (field.type === 'boolean') return ['true', 'false'];
  return (field.anyOf ?? []).flatMap(valuesOf);
}
