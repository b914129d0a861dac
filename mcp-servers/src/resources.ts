// The plugins' resources: addresses whose variables are the input of a read action.
import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  UriTemplate,
} from '@modelcontextprotocol/server';
import { isDownload, translate } from '@troupe-os/core/surface';
import { asObject } from './answer.ts';
import type { Asking } from './asking.ts';
import { perform } from './call.ts';
import { contentsOf, isReadable, type OpenedDownload } from './shown.ts';

/** Those that have no variables. */
export async function listResources(asking: Asking) {
  return (await openResources(asking))
    .filter(({ uriTemplate }) => !UriTemplate.isTemplate(uriTemplate))
    .map(({ uriTemplate, ...resource }) => ({ uri: uriTemplate, ...describe(resource) }));
}

/** Those that have some. */
export async function listResourceTemplates(asking: Asking) {
  return (await openResources(asking))
    .filter(({ uriTemplate }) => UriTemplate.isTemplate(uriTemplate))
    .map(({ uriTemplate, ...resource }) => ({ uriTemplate, ...describe(resource) }));
}

/** Reads a resource through its action. One that is not there, and one that this caller may not know of, are the same error. */
export async function readResource(asking: Asking, uri: string): Promise<ReadResourceResult> {
  for (const { uriTemplate, action } of declared(asking)) {
    const values = new UriTemplate(uriTemplate).match(uri);
    if (!values) continue;
    try {
      return { contents: [await read(asking, uri, action.name, values)] };
    } catch (thrown) {
      throw thrown instanceof ProtocolError ? thrown : resourceError(asking, uri, thrown);
    }
  }
  throw new ResourceNotFoundError(uri);
}

/** The resources whose action this caller may use. */
export async function openResources(asking: Asking) {
  const open = new Set((await asking.host.kernel.actionsFor(asking.caller)).map(({ action }) => action.name));
  return declared(asking).filter(({ action }) => open.has(action.name));
}

async function read(asking: Asking, uri: string, name: string, values: Readonly<Record<string, unknown>>) {
  const { action, answer } = await perform(asking, name, values);
  if (!isDownload(action.output)) return { uri, mimeType: 'application/json', text: JSON.stringify(asObject(answer.output)) };
  const download = answer.output as OpenedDownload;
  if (!isReadable(download))
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'This resource is too large to be read here: fetch it over REST.');
  return contentsOf(asking.host.kernel.objects, uri, download);
}

function describe({ name, title, action }: Pick<ReturnType<typeof declared>[number], 'name' | 'title' | 'action'>) {
  const { description, output } = action;
  return { name, title, description, ...(isDownload(output) ? {} : { mimeType: 'application/json' }) };
}

function declared({ host, plugin }: Asking) {
  return [...host.kernel.plugins.values()]
    .filter(({ id }) => plugin === undefined || plugin === id)
    .flatMap(({ resources = [] }) => resources);
}

function resourceError({ requestId }: Asking, uri: string, thrown: unknown): ProtocolError {
  const error = translate(thrown);
  // an id of the wrong shape names nothing either
  if (error.kind === 'missing' || error.kind === 'invalid') return new ResourceNotFoundError(uri);
  return new ProtocolError(ProtocolErrorCode.InternalError, `${error.message} (${error.code})`, { code: error.code, requestId });
}
