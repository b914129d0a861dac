import { defineErrors } from '@troupe-os/core';

export const workforceErrors = defineErrors('workforce', {
  unknown_agent: { kind: 'missing', message: 'There is no such agent.' },
  agent_paused: { kind: 'conflict', message: 'This agent is paused.' },
  agent_name_taken: { kind: 'conflict', message: 'There is an agent of this name already.', constraints: ['agent_name_taken'] },
  department_needed: {
    kind: 'invalid',
    message: 'An agent belongs to at least one department.',
    constraints: ['agent_department'],
  },
  unknown_conversation: { kind: 'missing', message: 'There is no such conversation.' },
  others_hidden: { kind: 'scope', message: 'You may see your own conversations only.' },
  not_the_author: { kind: 'scope', message: 'Nobody speaks in the name of somebody else.' },
  answer_running: {
    kind: 'conflict',
    message: 'An answer is still being written in this conversation. Stop it, or wait for it.',
    constraints: ['answer_running'],
  },
  unknown_message: { kind: 'missing', message: 'There is no such message.' },
  already_finished: { kind: 'conflict', message: 'This message is finished, and what was said stays said.' },
});
