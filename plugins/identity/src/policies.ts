import { definePolicy } from '@troupe-os/core';

/** Agents change nothing about people, roles and credentials, whatever roles they hold: no text that one has read may reach there. */
export function agentsNever(actions: readonly string[]) {
  return definePolicy({
    name: 'identity.agents-never',
    on: actions,
    decide: ({ actor }) => (actor.kind === 'agent' ? 'deny' : 'allow'),
  });
}
