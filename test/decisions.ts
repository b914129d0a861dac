// What the matrix of rights says of a caller and an action, and what an answer says was decided.
import { type Plugin, ROLES, type Role } from '@troupe-os/core';
import installation from '../troupe.config.ts';
import { type Right, rightsMatrix } from './rights-matrix.ts';

export type Decision = 'allowed' | 'unknown' | 'sign in' | 'scope' | 'denied' | 'for people' | 'no page';
/** A stranger has no token, a scoped one an Owner's that is cut down to `SCOPES`; the others hold just their role. */
export type Who = 'stranger' | Role | 'auditor' | 'scoped';

/** What became of one call; by `callId` or `requestId` its rows are found, else by who asked. */
export interface Outcome {
  readonly action: string;
  /** `done`, the code of the error, or what a surface says that has asked nothing of the kernel: `not offered`, `no page`. */
  readonly code: string;
  readonly callId?: string | undefined;
  readonly requestId?: string | undefined;
  /** The request makes more calls of this action than the one: its own is the one that ended as was answered. */
  readonly isShared?: boolean;
}

export const SCOPES = ['ledger.*'];
/** All that a token can be let do: what those in charge do themselves is named. */
export const EVERY_SCOPE = [
  '*',
  ...installation.plugins.flatMap(({ permissions }: Plugin) =>
    Object.keys(permissions).filter((one) => permissions[one]?.people && !permissions[one].roles.includes('guest')),
  ),
];
export const withTokens: readonly Who[] = [...ROLES, 'auditor', 'scoped'];
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

/** The same by the tools that a model is offered: none of what is refused to all agents. Without a tool that runs actions by their names, what is no tool is not there. */
export const expectedByTools = (role: Role, { byName }: { byName: boolean }): Record<string, Decision> =>
  Object.fromEntries(
    Object.entries(expectedForAgentOf(role)).map(([name, decision]) => {
      const { tool } = rightsMatrix[name] ?? {};
      if (!byName && decision === 'denied') return [name, 'unknown'];
      if (!tool || decision === 'unknown') return [name, decision];
      if (!byName) return [name, 'unknown'];
      return [name, tool === 'never' ? 'for people' : decision];
    }),
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

/** What the matrix says of one action. */
export function decideFor(who: Who, action: string): Decision {
  const { from, auditor }: Right = rightsMatrix[action] ?? { from: 'owner', agents: false };
  if (who === 'stranger') return from === 'guest' ? 'allowed' : 'sign in';
  if (from === 'nobody') return 'unknown';
  if (who === 'scoped') return SCOPES.some((scope) => action.startsWith(scope.slice(0, -1))) ? 'allowed' : 'scope';
  if (who === 'auditor') return auditor || from === 'guest' || from === 'signed-in' ? 'allowed' : 'unknown';
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

/** What a surface answers by itself, before anything is asked of the kernel. */
const UNASKED: Readonly<Record<string, Decision>> = {
  'agents.for_people': 'for people',
  'not offered': 'unknown',
  'no page': 'no page',
};

export const isRefusal = (code: string): boolean => REFUSALS[code] !== undefined;
export const isUnasked = (code: string): boolean => UNASKED[code] !== undefined;

/** Only errors of handlers say that a call was let in: an input that the schema refuses and a fault prove nothing, and show as they are. */
export function decisionOf(code: string): string {
  // what somebody else has uploaded is no file to the handler; what waits for a yes has run to its end, and was rolled back
  const isLetIn =
    ['done', 'core.unknown_file', 'core.approval_needed'].includes(code) || /^(?!core\.)[a-z]+\.[a-z_]+$/.test(code);
  return REFUSALS[code] ?? UNASKED[code] ?? (isLetIn ? 'allowed' : code);
}

/** By action. */
export function decisions(outcomes: readonly Outcome[]): Record<string, string> {
  return Object.fromEntries(outcomes.map(({ action, code }) => [action, decisionOf(code)]));
}

/** Whether a call that was let in has a row of its own. */
export function isRecorded(name: string): boolean {
  const action = actions.find((one) => one.name === name);
  return action?.effect === 'write' || action?.risk !== 'low';
}
