import { expect, test } from 'vitest';
import { modelOf } from './model.ts';

test('a model is named by its provider, and listens where the environment says', () => {
  const env = { TROUPE_MODEL: 'openai/gpt-5', TROUPE_MODEL_URL: 'http://127.0.0.1:8080/v1', OPENAI_API_KEY: 'k' };

  expect(modelOf('anthropic/claude-sonnet-4-5', env)).toBe('anthropic/claude-sonnet-4-5'); // the address is the other provider's
  expect(modelOf('openai/gpt-5', env)).toEqual({ id: 'openai/gpt-5', url: 'http://127.0.0.1:8080/v1', apiKey: 'k' });
  expect(modelOf('ollama/llama3.2', {})).toMatchObject({ id: 'ollama/llama3.2', url: 'http://127.0.0.1:11434/v1' });
  expect(() => modelOf('gpt-5', {})).toThrow(expect.objectContaining({ code: 'agents.bad_model' }));
});
