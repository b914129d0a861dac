// Real clients of each kind, so that every test of the surface runs with all of them.
import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** What a tool's result is to a test. */
export interface ToolResult {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string; readonly uri?: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

interface Call {
  name: string;
  arguments?: Record<string, unknown>;
  _meta?: Record<string, unknown>;
}

/** The part of a client that the tests use, alike in both packages. */
export interface TestClient {
  listTools(): Promise<{ tools: { name: string; [part: string]: unknown }[] }>;
  callTool(call: Call): Promise<unknown>;
  complete(what: {
    ref: { type: 'ref/resource'; uri: string } | { type: 'ref/prompt'; name: string };
    argument: { name: string; value: string };
  }): Promise<{ completion: { values: string[]; total?: number | undefined; hasMore?: boolean | undefined } }>;
  listResources(): Promise<{ resources: { uri: string }[] }>;
  listResourceTemplates(): Promise<{ resourceTemplates: { uriTemplate: string }[] }>;
  readResource(which: { uri: string }): Promise<{ contents: unknown[] }>;
  listPrompts(): Promise<{ prompts: { name: string }[] }>;
  getPrompt(which: { name: string; arguments?: Record<string, string> }): Promise<{ messages: { content: unknown }[] }>;
  close(): Promise<void>;
}

export interface FollowingClient extends TestClient {
  /** Calls a tool, and passes on how far it is. */
  follow(call: Call, onprogress: (step: { progress: number; total?: number | undefined }) => void): Promise<unknown>;
}

export const CLIENTS = ['sdk 1.32 (2025-11-25)', 'client 2.4 (2025-11-25)', 'client 2.4 (2026-07-28)'] as const;

/** Connects with a token to an address. */
export async function connect(kind: (typeof CLIENTS)[number], address: string, token: string): Promise<FollowingClient> {
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  const about = { name: 'test', version: '1' };
  if (kind.startsWith('sdk')) {
    const client = new OldClient(about);
    await client.connect(new OldTransport(new URL(address), { requestInit }) as never); // its own types disagree about undefined
    const follow: FollowingClient['follow'] = (call, onprogress) => client.callTool(call, undefined, { onprogress });
    return Object.assign(client as unknown as TestClient, { follow });
  }
  const mode = kind.includes('2026') ? ({ pin: '2026-07-28' } as const) : 'legacy';
  const client = new NewClient(about, { versionNegotiation: { mode } });
  await client.connect(new NewTransport(new URL(address), { requestInit }));
  const follow: FollowingClient['follow'] = (call, onprogress) => client.callTool(call, { onprogress });
  return Object.assign(client as unknown as TestClient, { follow });
}

/** The text of a result. */
export const textOf = (result: ToolResult): string => result.content.map(({ text = '' }) => text).join('\n');
