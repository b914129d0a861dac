// The addresses /mcp and /mcp/<plugin>: whose request it is, which era it speaks, and a fresh server to answer it.
import { createMcpHandler, isInitializeRequest, isLegacyRequest, readRequestBody } from '@modelcontextprotocol/server';
import { coreErrors } from '@troupe-os/core';
import {
  type App,
  type AppVariables,
  type Caller,
  type HttpEnv,
  hostsOf,
  parseJson,
  type SurfaceHost,
} from '@troupe-os/core/surface';
import type { Context } from 'hono';
import type { Asking } from './asking.ts';
import { stepUp } from './oauth/step-up.ts';
import { abilitiesOf, createServer } from './server.ts';
import { type ClientAbilities, createSessions, type Sessions } from './session.ts';

type McpContext = Context<{ Bindings: HttpEnv; Variables: AppVariables }>;

const MOST_BODY_BYTES = 1_048_576;
const SESSION_HEADER = 'mcp-session-id';

/** Mounts both addresses. */
export function mountMcp(app: App, host: SurfaceHost, clock: () => Date): void {
  const sessions = createSessions(host.kernel, clock);
  const names = hostsOf({ host: host.settings.host, publicUrl: host.publicUrl });
  const answer = async (c: McpContext, plugin?: string) => {
    assertNotRebound(c.req.raw, names);
    assertToken(c);
    if (plugin !== undefined) await assertPlugin(host, c.var.caller, plugin);
    const asking = { host, caller: c.var.caller, requestId: c.var.requestId, trace: c.var.trace, plugin };
    return respond(c.req.raw, asking, sessions);
  };
  app.all('/mcp', (c) => answer(c));
  app.all('/mcp/:plugin', (c) => answer(c, c.req.param('plugin')));
}

/** A page of another site must not reach a server on this machine by a name that it made point here. Errors: core.wrong_host, core.cross_site. */
function assertNotRebound(request: Request, names: ReadonlySet<string>): void {
  const { hostname } = new URL(request.url);
  if (!names.has(hostname)) throw coreErrors.wrong_host({ host: hostname });
  const origin = request.headers.get('origin');
  if (origin !== null && !(URL.canParse(origin) && names.has(new URL(origin).hostname))) throw coreErrors.cross_site();
}

/** A cookie is no token, and a guest has none: clients begin to sign in only when they meet a 401. Errors: core.unauthenticated. */
function assertToken(c: McpContext): void {
  if (c.req.header('authorization') === undefined || c.var.caller.principal.kind === 'guest') throw coreErrors.unauthenticated();
}

/** What is not installed and what this caller sees nothing of are the same. Errors: core.unreachable. */
async function assertPlugin({ kernel }: SurfaceHost, caller: Caller, id: string): Promise<void> {
  if (!(await kernel.sees(caller, id))) throw coreErrors.unreachable();
}

async function respond(request: Request, asking: Asking, sessions: Sessions): Promise<Response> {
  // no server speaks first here, and a session is kept nowhere: there is nothing to listen to and nothing to end
  if (request.method !== 'POST') return fault(405, 'Only POST is answered here.', { allow: 'POST' });
  const read = await readRequestBody(request, MOST_BODY_BYTES);
  if (read.tooLarge) return fault(413, coreErrors.body_too_large.message);
  const body = parse(read.text);
  if (body === undefined) return fault(400, coreErrors.invalid_json.message, {}, -32700);
  const more = await stepUp(asking, new URL(request.url).pathname, body);
  if (more) return more;

  const answer = (client?: ClientAbilities) =>
    createMcpHandler(({ era }) => createServer(asking, era, client), {
      onerror: (error) => asking.host.kernel.log.debug('an MCP request was refused', { error: error.message }),
    }).fetch(request, { parsedBody: body });
  if (!(await isLegacyRequest(request, body))) return answer();
  if (isInitializeRequest(body))
    return withSession(await answer(), sessions.begin(asking.caller, abilitiesOf(body.params.capabilities)));
  const id = request.headers.get(SESSION_HEADER);
  if (id === null) return fault(400, 'Begin with initialize, and send the Mcp-Session-Id that it answers.');
  const client = sessions.open(id, asking.caller);
  if (!client) return fault(404, 'There is no such session. Begin again with initialize.', {}, -32001);
  return answer(client);
}

function withSession(response: Response, id: string): Response {
  if (!response.ok) return response;
  const headers = new Headers(response.headers);
  headers.set(SESSION_HEADER, id);
  return new Response(response.body, { status: response.status, headers });
}

/** An error before any message was understood, as both eras write it. Its code is the implementation's own unless the protocol names one. */
function fault(status: number, message: string, headers: Record<string, string> = {}, code = -32_000): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status, headers });
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined; // the caller is told so: JSON itself has no undefined
  }
}
