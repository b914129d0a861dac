// The model that the user chose, as the agent loop takes it.
import { agentErrors } from './errors.ts';

/** A model of a known provider by name (its key is read from the environment), or one at an OpenAI-compatible address. */
export type Model = string | { readonly id: `${string}/${string}`; readonly url: string; readonly apiKey: string };

const OLLAMA_URL = 'http://127.0.0.1:11434/v1';

/**
 * Reads `provider/model`. TROUPE_MODEL_URL is where the provider of TROUPE_MODEL listens, if not at its usual address, and
 * TROUPE_MODEL_KEY its key. Errors: agents.bad_model.
 */
export function modelOf(name: string, env: NodeJS.ProcessEnv): Model {
  if (!isModelName(name)) throw agentErrors.bad_model({ model: name });
  const provider = providerOf(name);
  const url = provider === providerOf(env.TROUPE_MODEL ?? name) ? env.TROUPE_MODEL_URL?.trim() : undefined;
  const apiKey = env.TROUPE_MODEL_KEY ?? env[`${provider.toUpperCase().replaceAll('-', '_')}_API_KEY`] ?? 'none';
  if (url) return { id: name, url, apiKey };
  return provider === 'ollama' ? { id: name, url: OLLAMA_URL, apiKey } : name;
}

const isModelName = (name: string): name is `${string}/${string}` => /^[a-z0-9_-]+\/\S+$/.test(name);
const providerOf = (name: string): string => name.slice(0, name.indexOf('/'));
