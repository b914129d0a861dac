// The plugins' prompts: texts with gaps, which a client offers to its user.
import { type GetPromptResult, type Prompt, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { toolName } from '@troupe-os/core/surface';
import type { Asking } from './asking.ts';

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
  const found = (await visible(asking)).find((one) => one.name === name);
  if (!found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such prompt.');
  const missing = found.prompt.arguments.find((argument) => argument.required && !values[argument.name]);
  if (missing) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The prompt needs "${missing.name}".`);
  return {
    description: found.prompt.description,
    messages: [{ role: 'user', content: { type: 'text', text: found.prompt.text(values) } }],
  };
}

/** By `plugin_name`, as tools are. */
async function visible({ host, caller, plugin }: Asking) {
  const open = new Set((await host.kernel.actionsFor(caller)).map((one) => one.plugin.id));
  return [...host.kernel.plugins.values()]
    .filter(({ id }) => open.has(id) && (plugin === undefined || plugin === id))
    .flatMap(({ id, prompts = [] }) => prompts.map((prompt) => ({ name: toolName(`${id}.${prompt.name}`), prompt })));
}
