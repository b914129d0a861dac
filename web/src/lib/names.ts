// Whom an id stands for, as pages say it.

/** Names by id, of those whom a page speaks of. */
export type Names = Readonly<Record<string, string>>;

const KNOWN = new Map([
  ['local-operator', 'the operator of the machine'],
  ['guest', 'a visitor'],
]);
const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

/** The name, or the id itself where nobody is known by it. */
export function nameOf(names: Names, id: string): string {
  if (Object.hasOwn(names, id)) return names[id] ?? id;
  if (id.startsWith('service:')) return `the plugin ${id.slice('service:'.length)}`;
  return KNOWN.get(id) ?? id;
}

export const isNamed = (names: Names, id: string): boolean => nameOf(names, id) !== id;

/** The ids that a sentence speaks of. */
export const idsIn = (text: string): string[] => text.match(UUID) ?? [];

/** A sentence with names in the place of ids. */
export function withNames(names: Names, text: string): string {
  return text
    .replace(/\bactor:(?=[0-9a-f]{8}-)/g, '')
    .replace(UUID, (id) => nameOf(names, id))
    .replaceAll('local-operator', nameOf(names, 'local-operator'));
}
