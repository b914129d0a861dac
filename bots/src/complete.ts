// What may come next in a command: plugins, verbs, inputs and their values.
import type { FieldSchema } from '@troupe-os/core/command-line';
import type { Caller, Kernel } from '@troupe-os/core/surface';
import { KNOWN_FLAGS } from './commands.ts';
import { schemaOf, verbOf } from './help.ts';

export interface Completions {
  /** The place in the text from which on an item replaces it. */
  readonly from: number;
  readonly items: readonly { readonly text: string; readonly title: string }[];
}

/** The ways to go on after `prefix`, from what this caller may do. */
export async function complete(kernel: Kernel, caller: Caller, prefix: string): Promise<Completions> {
  if (!prefix.startsWith('/')) return { from: prefix.length, items: [] };
  const open = await kernel.actionsFor(caller);
  const words = prefix.slice(1).split(/\s+/);
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
  const [name = '', value] = last.split('=', 2);
  if (value !== undefined) {
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

function valuesOf(field: FieldSchema | undefined): string[] {
  if (!field) return [];
  if (field.enum) return field.enum.map(String);
  if (field.type === 'boolean') return ['true', 'false'];
  return (field.anyOf ?? []).flatMap(valuesOf);
}
