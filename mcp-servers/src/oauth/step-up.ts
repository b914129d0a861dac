// A tool that the token does not cover, though its person may use it: the client is told which scope to ask for (RFC 6750, section 3.1).
import { coreErrors, TroupeError } from '@troupe-os/core';
import { toolName } from '@troupe-os/core/surface';
import type { Asking } from '../asking.ts';
import { metadataUrl } from './resources.ts';

/** The refusal of a message that calls such a tool; undefined: it may be answered. Only a token of an app can be given more. */
export async function stepUp(asking: Asking, path: string, body: unknown): Promise<Response | undefined> {
  const { host, caller, requestId } = asking;
  const { scopes, audience } = caller.principal;
  const action = audience === undefined ? undefined : actionOf(asking, body);
  if (action === undefined) return undefined;
  try {
    await host.kernel.assertOpen({ action, caller, surface: 'mcp', requestId });
    return undefined;
  } catch (error) {
    if (!(error instanceof TroupeError) || error.code !== coreErrors.scope_needed.code) return undefined; // told as a tool's error
    const wanted = [...(scopes ?? []), String(error.details?.scope)].join(' ');
    const challenge = [
      'error="insufficient_scope"',
      `scope="${wanted}"`,
      `resource_metadata="${metadataUrl(host.publicUrl, path)}"`,
      `error_description="${error.message}"`,
    ];
    const { id = null } = body as { id?: unknown };
    return Response.json(
      { jsonrpc: '2.0', id, error: { code: -32_000, message: error.message, data: { code: error.code, ...error.details } } },
      { status: 403, headers: { 'www-authenticate': `Bearer ${challenge.join(', ')}` } },
    );
  }
}

/** The action that a message calls, by its tool or by name. */
function actionOf({ host, plugin: only }: Asking, body: unknown): string | undefined {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { name?: unknown; arguments?: { action?: unknown } } };
  if (method !== 'tools/call') return undefined;
  if (only === undefined && params?.name === 'run_action') return String(params.arguments?.action);
  const plugins = [...host.kernel.plugins.values()].filter(({ id }) => only === undefined || only === id);
  return plugins.flatMap(({ actions }) => [...actions]).find(({ name }) => toolName(name) === params?.name)?.name;
}
