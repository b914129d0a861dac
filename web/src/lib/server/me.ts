// Who asks for the page, and which parts of the house are theirs to enter.
import { error } from '@sveltejs/kit';
import type { Api } from './api.ts';

export type Me = Awaited<ReturnType<Api['identity']['getMe']>>;

/** Parts of the console by the right that opens them. */
export const CONSOLE_PARTS = {
  assets: 'assets.asset.read',
  orders: 'marketplace.order.read',
  tasks: 'workforce.task.use',
  schedules: 'workforce.schedule.manage',
  agents: 'workforce.agent.read',
  memories: 'workforce.memory.use',
  market: 'marketdata.quote.read',
  approvals: 'governance.approval.read',
  incidents: 'governance.incident.read',
  ledger: 'ledger.entry.read',
  audit: 'governance.audit.read',
  people: 'identity.person.read',
  access: 'governance.access-review.read',
  rules: 'governance.rule.read',
} as const;
export type ConsolePart = keyof typeof CONSOLE_PARTS;

export function holds(me: Me, permission: string): boolean {
  return me.permissions.some(({ name }) => name === permission);
}

/** The parts of the console that this person may enter; none for customers and guests. */
export function consoleParts(me: Me): ConsolePart[] {
  const names = Object.keys(CONSOLE_PARTS) as ConsolePart[];
  return me.kind === 'guest' ? [] : names.filter((part) => mayEnter(me, part));
}

export const mayEnter = (me: Me, part: ConsolePart): boolean => holds(me, CONSOLE_PARTS[part]);

/** Answers not found to whoever may not enter: that there is such a page is already an answer. */
export async function assertMayEnter(locals: App.Locals, part: ConsolePart): Promise<Me> {
  const me = await locals.me();
  if (me.kind === 'guest' || !mayEnter(me, part)) error(404, 'There is no such page, or it is not yours to see.');
  return me;
}
