import { defineErrors, type TroupeError } from '@troupe-os/core';

export const agentErrors = defineErrors('agents', {
  bad_model: {
    kind: 'invalid',
    message: 'A model is named provider/model, e.g. openai/gpt-5, anthropic/claude-sonnet-4-5 or ollama/llama3.2.',
  },
  model_failed: { kind: 'unavailable', message: 'The model did not answer. What you wrote is kept: try again.' },
  model_unset: { kind: 'conflict', message: 'The model cannot be asked as the house is set up. What you wrote is kept.' },
  model_limited: {
    kind: 'limited',
    message: 'The model is asked too often just now. What you wrote is kept: try again in a minute.',
  },
  cut_off: { kind: 'unavailable', message: 'The answer was cut off. What came of it is kept: ask again.' },
  too_long: {
    kind: 'unavailable',
    message: 'The answer was cut off where its model is let write no more. What came of it is kept: ask it to go on.',
  },
  too_many_steps: { kind: 'unavailable', message: 'The agent took too many steps and was stopped. Ask for less at once.' },
  unknown_tool: { kind: 'missing', message: 'There is no such tool here.' },
  bad_arguments: { kind: 'invalid', message: 'What a tool is given is a JSON object.' },
  no_model: { kind: 'conflict', message: 'No model is set for this agent, so it does nothing by itself.' },
  for_people: { kind: 'scope', message: 'What takes or shows a secret is done by people themselves, not by an agent.' },
});

/** Whether it may go better at another try: what is forbidden, wrong or missing will not. */
export const isPassing = ({ kind }: TroupeError): boolean => kind === 'unavailable' || kind === 'limited' || kind === 'internal';
