// Whom a task can be given to.
import type { Actor } from './names.ts';

/** Active agents, then oneself, then the people whom one may list. */
export function assigneesFrom(actors: readonly Actor[], me: { readonly id: string; readonly name: string }) {
  const others = actors.filter(({ id, isActive }) => isActive && id !== me.id);
  const [agents, people] = [others.filter(({ kind }) => kind === 'agent'), others.filter(({ kind }) => kind === 'person')];
  const one = ({ id, name, kind }: Actor) => ({ value: id, label: kind === 'agent' ? `${name}, agent` : name });
  return [...agents.map(one), { value: me.id, label: `${me.name} (you)` }, ...people.map(one)];
}

/** Of a field for a day and a time, which says no zone: they are UTC's, as all times of the console. Undefined where it is no moment. */
export function momentOf(typed: string | undefined): string | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?/.exec(typed ?? '') ?? [];
  const moment = day === undefined ? Number.NaN : Date.parse(`${day}T${time ?? '23:59'}:00Z`);
  return Number.isNaN(moment) ? undefined : new Date(moment).toISOString();
}
