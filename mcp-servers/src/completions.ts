// What a client may offer its user while an argument is typed: what the input of the action behind a resource takes there.
import {
  type CompleteRequestParams,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import { wireSchema } from '@troupe-os/core/surface';
import type { Asking } from './asking.ts';
import type { JsonSchema } from './files.ts';
import { findPrompt } from './prompts.ts';
import { openResources } from './resources.ts';

const MOST_VALUES = 100;

/** The values that begin with what was typed. Of a prompt's arguments none are known: they are the user's own words. */
export async function complete(asking: Asking, { ref, argument }: CompleteRequestParams): Promise<CompleteResult> {
  const known = ref.type === 'ref/prompt' ? await ofPrompt(asking, ref.name) : await ofResource(asking, ref.uri, argument.name);
  const values = known.filter((value) => value.toLowerCase().startsWith(argument.value.toLowerCase()));
  return {
    completion: { values: values.slice(0, MOST_VALUES), total: values.length, hasMore: values.length > MOST_VALUES },
  };
}

async function ofPrompt(asking: Asking, name: string): Promise<string[]> {
  if (!(await findPrompt(asking, name))) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such prompt.');
  return [];
}

async function ofResource(asking: Asking, uri: string, variable: string): Promise<string[]> {
  const found = (await openResources(asking)).find(({ uriTemplate }) => uriTemplate === uri);
  if (!found) throw new ResourceNotFoundError(uri);
  const { properties = {} } = wireSchema(found.action.input) as { properties?: Record<string, JsonSchema> };
  const taken = Object.hasOwn(properties, variable) ? properties[variable]?.enum : undefined;
  return Array.isArray(taken) ? taken.filter((value) => typeof value === 'string') : [];
}
