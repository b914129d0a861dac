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
  no_such_action: { kind: 'invalid', message: 'Nothing here has an action of this name, so no agent can be kept to it.' },
  budget_of_others: { kind: 'scope', message: 'Budgets are set by those who hold workforce.budget.manage on the whole company.' },
  unknown_conversation: { kind: 'missing', message: 'There is no such conversation.' },
  unknown_message: { kind: 'missing', message: 'There is no such message of yours in this conversation.' },
  unknown_card: { kind: 'missing', message: 'There is no such open card.' },
  others_hidden: { kind: 'scope', message: 'You may see your own conversations only.' },
  not_the_author: { kind: 'scope', message: 'Nobody speaks in the name of somebody else.' },
  answer_running: {
    kind: 'conflict',
    message: 'An answer is still being written in this conversation. Stop it, or wait for it.',
    constraints: ['answer_running'],
  },
  model_unpriced: {
    kind: 'conflict',
    message:
      'Nobody has said what this model costs, so it is not asked. An Admin says it with workforce.set-model-price; 0 is a price.',
  },
  budget_reached: {
    kind: 'limited',
    message: 'What is left of the budget for models today does not cover this. An Admin raises it with workforce.set-budget.',
  },
  unknown_price: { kind: 'missing', message: 'This model has no price.' },
  unknown_budget: { kind: 'missing', message: 'There is no budget of their own.' },
  unknown_run: { kind: 'missing', message: 'There is no such run.' },
  run_elsewhere: { kind: 'conflict', message: 'This run is over, or another process works on it.' },
  wrong_step: { kind: 'conflict', message: 'The run is at another step.' },
});
