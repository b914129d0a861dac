// Whom or what an incident is about, in words, and where to look at it.
import { type Names, nameOf } from '#lib/names.ts';

interface Subject {
  readonly text: string;
  /** The part of the console that shows more of it. */
  readonly link?: { readonly part: 'audit' | 'access'; readonly href: string };
}

const record = (field: string, value: string) =>
  ({ part: 'audit', href: `/console/audit?${new URLSearchParams({ [field]: value })}` }) as const;

const WORDS: Readonly<Record<string, (rest: string, names: Names) => Subject>> = {
  actor: (id, names) => ({ text: nameOf(names, id), link: record('actor', id) }),
  action: (name) => ({ text: `the action ${name}`, link: record('action', name) }),
  plugin: (id) => ({ text: `the plugin ${id}`, link: record('plugin', id) }),
  address: (network) => ({ text: `the network address ${network}` }),
  account: (mark) => ({ text: `an account that somebody tried to sign in to, ${mark.slice(0, 8)} in the record` }),
  review: (id) => ({ text: 'an access review', link: { part: 'access', href: `/console/access/${id}` } }),
  record: () => ({ text: 'the record itself' }),
  guests: () => ({ text: 'visitors of unknown address' }),
};

export function subjectOf(subject: string, names: Names): Subject {
  const [kind = '', ...rest] = subject.split(':');
  return WORDS[kind]?.(rest.join(':'), names) ?? { text: subject };
}

/** The actor of a subject, for whom a name is looked up. */
export const actorOf = (subject: string): string | undefined => /^actor:(.+)$/.exec(subject)?.[1];
