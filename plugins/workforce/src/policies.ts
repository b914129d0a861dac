import { definePolicy } from '@troupe-os/core';

/** Agents make and change no agents, themselves included: instructions are given by people. */
export const agentsNever = definePolicy({
  name: 'workforce.agents-never',
  on: ['workforce.create-agent', 'workforce.update-agent'],
  decide: ({ actor }) => (actor.kind === 'agent' ? 'deny' : 'allow'),
});
