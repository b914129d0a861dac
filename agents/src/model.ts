// The models that the user chose, as the model router takes them.
import { agentErrors } from './errors.ts';

/** A model of a known provider by name (its key is read from the environment), or one at an OpenAI-compatible address. */
export type Model = string | { readonly id: `${string}/${string}`; readonly url: string; readonly apiKey: string };

const OLLAMA_URL = 'http://127.0.0.1:11434/v1';

/** `provider/model`, or several with commas between them: those after the first are asked where the ones before fail. */
export const modelNames = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/**
 * Reads `provider/model`. TROUPE_MODEL_URL is where the provider of (the first of) TROUPE_MODEL listens, if not at its usual address, and
 * TROUPE_MODEL_KEY its key. Errors: agents.bad_model.
 */
export function modelOf(name: string, env: NodeJS.ProcessEnv): Model {
  if (!isModelName(name)) throw agentErrors.bad_model({ model: name });
  const provider = providerOf(name);
  const [first = name] = modelNames(env.TROUPE_MODEL ?? '');
  const isFirsts = provider === providerOf(first);
  const url = isFirsts ? env.TROUPE_MODEL_URL?.trim() : undefined;
  const own = env[`${provider.toUpperCase().replaceAll('-', '_')}_API_KEY`];
  const apiKey = (isFirsts ? env.TROUPE_MODEL_KEY : undefined) ?? own ?? 'none';
  if (url) return { id: name, url, apiKey };
  return provider === 'ollama' ? { id: name, url: OLLAMA_URL, apiKey } : name;
}

export const isModelName = (name: string): name is `${string}/${string}` => /^[a-z0-9_-]+\/\S+$/.test(name);
const providerOf = (name: string): string => name.slice(0, name.indexOf('/'));
