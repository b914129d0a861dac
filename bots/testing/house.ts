import { type AgentHouse, startAgentHouse } from '@troupe-os/agents/testing';
import type { Role } from '@troupe-os/core';
import { serveTestKernel, type TestServer } from '@troupe-os/core/testing';
import { chat } from '../src/chat.ts';
import { readEvents } from '../src/terminal/events.ts';
import type { UiEvent } from '../src/ui-events.ts';

export interface Talker {
  readonly caller: AgentHouse['operator'];
  /** As a browser does: with a session's cookie, from our own pages. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  /** Starts a conversation. */
  start(): Promise<string>;
  /** Says something, and waits for the whole answer. */
  say(conversationId: string, text: string, onEvent?: (event: UiEvent) => void): Promise<UiEvent[]>;
  /** The messages as they are kept. */
  kept(conversationId: string): Promise<Kept[]>;
}

export interface Kept {
  readonly sequence: number;
  readonly author: string;
  readonly text: string;
  readonly status: string;
  readonly tool?: { action: string; input?: unknown; callId?: string; outcome: string; error?: string };
}

export interface ChatHouse extends AgentHouse {
  readonly server: TestServer;
  talker(...roles: Role[]): Promise<Talker>;
}

/** A house with chat on a real port. */
export async function startChatHouse(
  env: NodeJS.ProcessEnv = {},
  ...how: Parameters<typeof startAgentHouse>
): Promise<ChatHouse> {
  const house = await startAgentHouse(...how);
  const server = await serveTestKernel(house, [chat({ env })]);
  return {
    ...house,
    server,
    async talker(...roles) {
      const { caller, session } = await house.person(...roles);
      return talkerWith(caller, server.url, { cookie: `troupe_session=${session}`, origin: server.url });
    },
  };
}

function talkerWith(caller: Talker['caller'], url: string, headers: Record<string, string>): Talker {
  const fetchAs: Talker['fetch'] = (path, init = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { 'content-type': 'application/json', ...headers, ...(init.headers as Record<string, string>) },
    });
  const json = async <T>(response: Response) => (await response.json()) as T;
  return {
    caller,
    fetch: fetchAs,
    get: async (path) => json(await fetchAs(path)),
    post: async (path, body) => json(await fetchAs(path, { method: 'POST', body: JSON.stringify(body) })),
    async start() {
      const response = await fetchAs('/chat/conversations', { method: 'POST', body: '{}' });
      return (await json<{ conversationId: string }>(response)).conversationId;
    },
    async say(conversationId, text, onEvent) {
      const response = await fetchAs(`/chat/conversations/${conversationId}/messages`, {
        method: 'POST',
        body: JSON.stringify({ text }),
      });
      if (!response.ok || !response.body) throw await response.json();
      const events: UiEvent[] = [];
      for await (const event of readEvents(response.body)) {
        events.push(event);
        onEvent?.(event);
      }
      return events;
    },
    async kept(conversationId) {
      return (await json<{ messages: Kept[] }>(await fetchAs(`/chat/conversations/${conversationId}`))).messages;
    },
  };
}

/** All text of an answer. */
export const textOf = (events: readonly UiEvent[]): string =>
  events.map((event) => (event.type === 'text-delta' ? event.delta : event.type === 'text-end' ? '\n' : '')).join('');

/** The first event of a type. */
export function first<T extends UiEvent['type']>(events: readonly UiEvent[], type: T): (UiEvent & { type: T }) | undefined {
  return events.find((event): event is UiEvent & { type: T } => event.type === type);
}
