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
  unknown_task: { kind: 'missing', message: 'There is no such task.' },
  unknown_assignee: { kind: 'missing', message: 'There is nobody of this id to whom a task could be given.' },
  person_needed: { kind: 'scope', message: 'A task is done in the name of a person, and nobody stands behind this call.' },
  task_over: { kind: 'conflict', message: 'This task is over.' },
  task_not_failed: { kind: 'conflict', message: 'This task neither failed nor waits for another try.' },
  task_running: { kind: 'conflict', message: 'Its agent works on this task just now. Cancel it, or wait for it.' },
  task_elsewhere: { kind: 'conflict', message: 'This task is over, or another process works on it.' },
  task_cancelled: { kind: 'conflict', message: 'The task was cancelled.' },
  task_stopped: { kind: 'conflict', message: 'The answer of the agent was stopped.' },
  not_the_assignee: { kind: 'scope', message: 'Only whoever works on a task says what came of it.' },
  too_deep: { kind: 'conflict', message: 'This task was handed on too often. Do it yourself, or say what is missing.' },
  rights_lost: {
    kind: 'scope',
    message: 'The agent, or the person in whose name it works, may not do this any more.',
  },
  dependency_failed: { kind: 'conflict', message: 'A task that this one waits for failed or was cancelled.' },
  depends_on_earlier: {
    kind: 'invalid',
    message: 'A task waits for tasks that are there already.',
    constraints: ['task_depends_on_earlier'],
  },
  given_up: { kind: 'conflict', message: 'Whoever worked on this task says that it cannot be done.' },
  unknown_schedule: { kind: 'missing', message: 'There is no such schedule.' },
  not_your_schedule: { kind: 'scope', message: 'Only whoever answers for a schedule makes a new secret for it.' },
  schedule_paused: { kind: 'conflict', message: 'This schedule is paused.' },
  bad_cron: {
    kind: 'invalid',
    message: 'A cron expression has five fields (minute hour day month weekday), e.g. "0 9 * * 1-5", and a moment that comes.',
  },
  bad_time_zone: { kind: 'invalid', message: 'A time zone is named as in "Europe/Berlin" or "UTC".' },
  unknown_event: { kind: 'invalid', message: 'No plugin here tells of this event.' },
  event_for_admins: {
    kind: 'scope',
    message: 'Only an Admin has tasks made of what happens in the house: events tell of all of it.',
  },
  other_kind: { kind: 'invalid', message: 'That belongs to another kind of schedule.' },
  not_a_webhook: { kind: 'invalid', message: 'Only a webhook has a secret.' },
  bad_signature: {
    kind: 'unauthenticated',
    message:
      'The call is not signed with the secret of this webhook (Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature).',
  },
  webhook_too_old: { kind: 'unauthenticated', message: 'The call was signed more than five minutes ago, or will be.' },
  wrong_step: { kind: 'conflict', message: 'The run is at another step.' },
});
