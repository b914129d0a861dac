// The plugins' prompts: texts with gaps, which a client offers to its user.
import {
  type GetPromptResult,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import { toolName } from '@troupe-os/core/surface';
import type { Asking } from './asking.ts';
import { readResource } from './resources.ts';
import { blockOf } from './shown.ts';

/** The prompts of the plugins of which this caller sees anything. */
export async function listPrompts(asking: Asking): Promise<Prompt[]> {
  return (await visible(asking)).map(({ name, prompt }) => ({
    name,
    title: prompt.title,
    description: prompt.description,
    arguments: prompt.arguments.map((argument) => ({ ...argument })),
  }));
}

/** A prompt's text with the caller's words in it. */
export async function getPrompt(
  asking: Asking,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<GetPromptResult> {
  const found = await findPrompt(asking, name);
  if (!found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such prompt.');
  const missing = found.prompt.arguments.find((argument) => argument.required && !values[argument.name]);
  if (missing) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The prompt needs "${missing.name}".`);
  const attached = await Promise.all((found.prompt.attach?.(values) ?? []).map((uri) => readIfThere(asking, uri)));
  return {
    description: found.prompt.description,
    messages: [
      ...attached.flat().map((contents) => ({ role: 'user' as const, content: blockOf(contents) })),
      { role: 'user', content: { type: 'text', text: found.prompt.text(values) } },
    ],
  };
}

/** A prompt by its name, if this caller sees it. */
export async function findPrompt(asking: Asking, name: string) {
  return (await visible(asking)).find((one) => one.name === name);
}

async function readIfThere(asking: Asking, uri: string) {
  try {
    return (await readResource(asking, uri)).contents;
  } catch (error) {
    if (error instanceof ResourceNotFoundError) return [];
    throw error;
  }
}

/** By `plugin_name`, as tools are. */
async function visible({ host, caller, plugin }: Asking) {
  const open = new Set((await host.kernel.actionsFor(caller)).map((one) => one.plugin.id));
  return [...host.kernel.plugins.values()]
    .filter(({ id }) => open.has(id) && (plugin === undefined || plugin === id))
    .flatMap(({ id, prompts = [] }) => prompts.map((prompt) => ({ name: toolName(`${id}.${prompt.name}`), prompt })));
}
