// The ways into a house that somebody outside has: REST, an MCP client of each era, a program on standard streams, the command line.
import { join } from 'node:path';
import { Client as YoungClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as YoungTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CLIENTS, connect, type TestClient, type ToolResult } from '../mcp-servers/src/testing/clients.ts';
import { callRest, type Place, type RunningServer, repository, troupe } from './servers.ts';

/** Does an action, and answers its output. Throws a refusal: an error with the `code` that was answered. */
export type Way = <T = unknown>(action: string, input?: Readonly<Record<string, unknown>>) => Promise<T>;

/** A call that was done, as far as the way tells its id: the command line does not. */
export interface DoneCall {
  readonly action: string;
  readonly callId: string;
  /** What the record must name as its cause. */
  readonly cause: string;
}

/** Over REST with a token; without one as a guest. */
export function restWay(server: RunningServer, token: string | undefined, done: DoneCall[]): Way {
  return async <T>(action: string, input = {}) => {
    const { status, body, callId } = await callRest(server, token, action, input);
    if (status !== 200) throw refusal(String(body.code), JSON.stringify(body));
    if (callId) done.push({ action, callId, cause: 'rest' });
    return body as T;
  };
}

/** By the command line, as the local operator. */
export function commandWay(place: Place): Way {
  return async <T>(action: string, input = {}) => {
    const words = Object.entries(input).map(
      ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    const { code, stdout, stderr } = await troupe(['run', action, ...words, '--json'], place);
    const body = JSON.parse(stdout || '{}') as { code?: string };
    if (code !== 0) throw refusal(String(body.code), stdout + stderr);
    return body as T;
  };
}

/** By a connected client: with the tool of the action where it is listed, else with `run_action`. */
export async function toolWay(client: TestClient, done: DoneCall[]): Promise<Way> {
  const listed = new Set((await client.listTools()).tools.map(({ name }) => name));
  return async <T>(action: string, input = {}) => {
    const own = action.replaceAll(/[.-]/g, '_');
    const call = listed.has(own) ? { name: own, arguments: { ...input } } : { name: 'run_action', arguments: { action, input } };
    const { isError, structuredContent, content, _meta } = (await client.callTool(call)) as ToolResult;
    if (isError) {
      const { code } = (_meta?.error ?? {}) as { code?: string };
      throw refusal(String(code), content.map(({ text }) => text).join('\n'));
    }
    done.push({ action, callId: String(_meta?.callId), cause: 'mcp' });
    return structuredContent as T;
  };
}

/** An MCP client of the protocol of 2025-11-25, or of that of 2026-07-28. */
export function connectOver(server: RunningServer, era: 'old' | 'young', token: string): Promise<TestClient> {
  return connect(era === 'old' ? CLIENTS[0] : CLIENTS[2], `${server.url}/mcp`, token);
}

/** A client that starts `troupe mcp` and speaks over its standard streams, as whoever the home's server file names. */
export async function connectByStdio({ home, root = repository }: Place, era: 'old' | 'young' = 'old'): Promise<TestClient> {
  const about = { name: 'tour', version: '1' };
  const main = join(repository, 'core/src/cli/main.ts');
  const env = { PATH: process.env.PATH ?? '', TROUPE_HOME: home };
  const program = { command: process.execPath, args: [main, 'mcp'], cwd: root, env };
  if (era === 'young') {
    const young = new YoungClient(about, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await young.connect(new YoungTransport(program));
    return young;
  }
  const old = new OldClient(about);
  await old.connect(new OldTransport(program));
  return old as unknown as TestClient; // its results are typed by the protocol, ours by what tests read of them
}

const refusal = (code: string, said: string) => Object.assign(new Error(said), { code });
