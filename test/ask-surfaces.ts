// One question, asked in the way of each surface. Writes are asked as dry runs, so that everybody may ask all of them.
import type { TestClient, ToolResult } from '../mcp-servers/src/testing/clients.ts';
import type { Outcome } from './decisions.ts';

export interface Question {
  readonly action: string;
  readonly effect: 'read' | 'write';
  readonly input: unknown;
}

export interface Asker {
  readonly url: string;
  /** Undefined: nobody in particular. */
  readonly token: string | undefined;
}

export const headersOf = ({ token }: Asker) => ({
  'content-type': 'application/json',
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

/** `forReal`: no dry run. */
export async function askRest(asker: Asker, { action, effect, input }: Question, forReal = false): Promise<Outcome> {
  const dryRun = effect === 'write' && !forReal ? '?dryRun=true' : '';
  const response = await fetch(`${asker.url}/api/${action.replace('.', '/')}${dryRun}`, {
    method: 'POST',
    headers: { ...headersOf(asker), ...(forReal ? { 'idempotency-key': crypto.randomUUID() } : {}) },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  const code = response.ok ? 'done' : (JSON.parse(text) as { code: string }).code;
  return { action, code, requestId: response.headers.get('x-request-id') ?? undefined };
}

export async function askTool(client: TestClient, { action, effect, input }: Question): Promise<Outcome> {
  const name = action.replaceAll(/[.-]/g, '_');
  try {
    const args = { ...(input as object), ...(effect === 'write' ? { dryRun: true } : {}) };
    const { isError, _meta = {} } = (await client.callTool({ name, arguments: args })) as ToolResult;
    const { code = 'unnamed', requestId } = (_meta.error ?? {}) as { code?: string; requestId?: string };
    return { action, code: isError ? code : 'done', requestId, callId: _meta.callId as string | undefined };
  } catch (error) {
    const { data } = error as { data?: { code?: string } };
    return { action, code: data?.code ?? String(error) };
  }
}

/** Answers the id of a new conversation, with an agent or with nobody. */
export async function startChat(asker: Asker, agentId?: string): Promise<string> {
  const address = `${asker.url}/chat/conversations`;
  const response = await fetch(address, { method: 'POST', headers: headersOf(asker), body: JSON.stringify({ agentId }) });
  return ((await response.json()) as { conversationId: string }).conversationId;
}

export async function askChat(asker: Asker, conversationId: string, { action, effect, input }: Question): Promise<Outcome> {
  const quoted = (value: unknown) => JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value));
  const pairs = Object.entries(input as object).map(([name, value]) => `${name}=${quoted(value)}`);
  const text = [`/${action.replace('.', ' ')}`, ...pairs, ...(effect === 'write' ? ['--dry-run'] : [])].join(' ');
  const response = await fetch(`${asker.url}/chat/conversations/${conversationId}/messages`, {
    method: 'POST',
    headers: headersOf(asker),
    body: JSON.stringify({ text }),
  });
  const events = (await response.text())
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as { type: string; code?: string; data?: { callId?: string } });
  const failure = events.find(({ type }) => type === 'error');
  const view = events.find(({ type }) => type === 'data-view');
  const requestId = response.headers.get('x-request-id') ?? undefined;
  return { action, code: failure?.code ?? (view ? 'done' : 'silent'), callId: view?.data?.callId, requestId, isShared: true };
}
