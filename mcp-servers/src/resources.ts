// The plugins' resources: addresses whose variables are the input of a read action.
import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  UriTemplate,
} from '@modelcontextprotocol/server';
import { translate } from '@troupe-os/core/surface';
import type { Asking } from './asking.ts';
import { callAction } from './call.ts';

/** The resources whose action this caller may use. */
export async function listResourceTemplates(asking: Asking) {
  const open = new Set((await asking.host.kernel.actionsFor(asking.caller)).map(({ action }) => action.name));
  return declared(asking)
    .filter(({ action }) => open.has(action.name))
    .map(({ name, title, uriTemplate, action }) => ({
      name,
      title,
      uriTemplate,
      description: action.description,
      mimeType: 'application/json',
    }));
}

/** Reads a resource through its action. One that is not there, and one that this caller may not know of, are the same error. */
export async function readResource(asking: Asking, uri: string): Promise<ReadResourceResult> {
  for (const { uriTemplate, action } of declared(asking)) {
    const values = new UriTemplate(uriTemplate).match(uri);
    if (!values) continue;
    const result = await callAction(asking, action.name, values).catch((thrown: unknown) => {
      throw resourceError(asking, uri, thrown);
    });
    return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(result.structuredContent) }] };
  }
  throw new ResourceNotFoundError(uri);
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
