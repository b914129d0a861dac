// What the matrix of rights says of a caller and an action, and what an answer says was decided.
import { ROLES, type Role } from '@troupe-os/core';
import installation from '../troupe.config.ts';
import { rightsMatrix } from './rights-matrix.ts';

export type Decision = 'allowed' | 'unknown' | 'sign in' | 'scope' | 'denied';
/** A stranger has no token, a scoped one an Owner's that is cut down to `SCOPES`; the others hold just their role. */
export type Who = 'stranger' | Role | 'scoped';

/** What became of one call; by `callId` or `requestId` its rows are found. */
export interface Outcome {
  readonly action: string;
  /** `done`, or the code of the error. */
  readonly code: string;
  readonly callId?: string | undefined;
  readonly requestId?: string | undefined;
}

export const SCOPES = ['ledger.*'];
export const withTokens: readonly Who[] = [...ROLES, 'scoped'];
export const actions = installation.plugins.flatMap((plugin) => [...plugin.actions]);

/** By action what the matrix says for this caller. */
export const expectedFor = (who: Who): Record<string, Decision> =>
  Object.fromEntries(actions.map(({ name }) => [name, decideFor(who, name)]));

/** The same for an agent that holds enough itself and acts for somebody with this role. */
export const expectedForAgentOf = (role: Role): Record<string, Decision> =>
  Object.fromEntries(
    Object.entries(expectedFor(role)).map(([name, decision]) => [
      name,
      decision === 'allowed' && !rightsMatrix[name]?.agents ? 'denied' : decision,
    ]),
  );

/** What lists show: a stranger is shown what is there for whoever signs in, too. */
export function listedFor(who: Who): string[] {
  const isListed = (name: string) =>
    decideFor(who, name) === 'allowed' || (who === 'stranger' && rightsMatrix[name]?.from === 'signed-in');
  return actions
    .map(({ name }) => name)
    .filter(isListed)
    .sort();
}

function decideFor(who: Who, action: string): Decision {
  const { from } = rightsMatrix[action] ?? { from: 'owner' };
  if (who === 'stranger') return from === 'guest' ? 'allowed' : 'sign in';
  if (who === 'scoped') return SCOPES.some((scope) => action.startsWith(scope.slice(0, -1))) ? 'allowed' : 'scope';
  return rank(who) >= rank(from === 'signed-in' ? 'guest' : from) ? 'allowed' : 'unknown';
}

/** Guest is the lowest. */
export function rank(role: Role): number {
  return ['guest', 'viewer', 'editor', 'admin', 'owner'].indexOf(role);
}

const REFUSALS: Readonly<Record<string, Decision>> = {
  'core.unknown_action': 'unknown',
  'core.unauthenticated': 'sign in',
  'core.scope_needed': 'scope',
  'core.denied': 'denied',
};

export const isRefusal = (code: string): boolean => REFUSALS[code] !== undefined;

/** By action; an input that the schema refuses would prove nothing, and a fault neither, so they show as they are. */
export function decisions(outcomes: readonly Outcome[]): Record<string, string> {
  const letIn = (code: string) => (['core.invalid_input', 'core.internal', 'silent'].includes(code) ? code : 'allowed');
  return Object.fromEntries(outcomes.map(({ action, code }) => [action, REFUSALS[code] ?? letIn(code)]));
}

/** Whether a call that was let in has a row of its own. */
export function isRecorded(name: string): boolean {
  const action = actions.find((one) => one.name === name);
  return action?.effect === 'write' || action?.risk !== 'low';
}
