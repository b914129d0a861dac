// One server for one request: both eras' handlers, from the same functions.
import { CLIENT_CAPABILITIES_META_KEY, type ClientCapabilities, Server } from '@modelcontextprotocol/server';
import type { Asking } from './asking.ts';
import { complete } from './completions.ts';
import { progressOf } from './progress.ts';
import { getPrompt, listPrompts } from './prompts.ts';
import { listResources, listResourceTemplates, readResource } from './resources.ts';
import type { ClientAbilities } from './session.ts';
import { callTool, listTools } from './tools.ts';

const ABOUT = { name: 'troupe-os', title: 'Troupe OS', version: '0.1.0' };

const INSTRUCTIONS = [
  'Tools are the actions that you may use in this house.',
  'Sums of money are strings of minor units beside their unit: "1250" of EUR is 12.50.',
  'A write can be tried with dryRun: true. The same write within ten minutes is done once; again: true does it once more.',
];
const FINDING = 'What has no tool of its own here is found with find_actions and run with run_action.';

type Envelope = { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities };

/** A server that answers one request of one caller, and holds nothing of anybody else's. `client`: what was said with `initialize`. */
export function createServer(asking: Asking, era: 'legacy' | 'modern', client?: ClientAbilities): Server {
  const server = new Server(ABOUT, {
    capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
    instructions: [...INSTRUCTIONS, ...(asking.plugin === undefined ? [FINDING] : [])].join(' '),
  });
  server.setRequestHandler('tools/list', async () => ({ tools: await listTools(asking) }));
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
    callTool(withProgress(inTrace(asking, mcpReq._meta), progressOf(mcpReq)), {
      name: params.name,
      args: params.arguments ?? {},
      era,
      client: client ?? abilitiesOf((mcpReq.envelope as Envelope | undefined)?.[CLIENT_CAPABILITIES_META_KEY]),
      answers: mcpReq.inputResponses ?? {},
      signal: mcpReq.signal,
    }),
  );
  server.setRequestHandler('resources/list', async () => ({ resources: await listResources(asking) }));
  server.setRequestHandler('resources/templates/list', async () => ({ resourceTemplates: await listResourceTemplates(asking) }));
  server.setRequestHandler('resources/read', ({ params }, { mcpReq }) => readResource(inTrace(asking, mcpReq._meta), params.uri));
  server.setRequestHandler('prompts/list', async () => ({ prompts: await listPrompts(asking) }));
  server.setRequestHandler('prompts/get', ({ params }) => getPrompt(asking, params.name, params.arguments ?? {}));
  server.setRequestHandler('completion/complete', ({ params }) => complete(asking, params));
  return server;
}

const withProgress = (asking: Asking, progress: Asking['progress']): Asking => (progress ? { ...asking, progress } : asking);

/** What of a client's capabilities matters here. */
export function abilitiesOf(capabilities: ClientCapabilities | undefined): ClientAbilities {
  return { opensLinks: capabilities?.elicitation?.url !== undefined };
}

/** A message may name the trace that it belongs to (SEP-414); it is closer to the call than the header is. */
function inTrace(asking: Asking, meta: Readonly<Record<string, unknown>> | undefined): Asking {
  const trace = meta?.traceparent;
  return typeof trace === 'string' ? { ...asking, trace } : asking;
}
