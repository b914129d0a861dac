// One client of one outside server in this process: opened when it is first needed, opened anew when it broke, left alone when it keeps failing.
import type { Client } from '@modelcontextprotocol/client';
import { type Log, TroupeError } from '@troupe-os/core';
import { type OutsideAnswer, outsideErrors } from '@troupe-os/plugin-outside/contract';
import { answerOf, type ToolAnswer } from './answer-text.ts';
import { definitionOf, hashOf, type ToolDefinition } from './definition.ts';
import type { PinnedTool } from './lock.ts';
import { type OutsideServerOptions, type Said, timeoutOf, variablesOf } from './options.ts';
import type { OpenTransport } from './transport.ts';

/** With what a call reaches the server. */
export interface Reach {
  /** What the environment says of the variables that the server needs. */
  readonly said: Said;
  readonly signal?: AbortSignal;
  readonly log?: Log;
}

export interface Connection {
  /** The tools as they are defined now. Errors: outside.not_configured, outside.resting, outside.unreachable. */
  list(reach: Reach): Promise<ToolDefinition[]>;
  /** Errors: those of `list`, and outside.tool_changed, outside.tool_gone where the tool is not the one that was confirmed. */
  verify(reach: Reach, pinned: PinnedTool): Promise<void>;
  /** Calls a tool that is still the one that was confirmed. `onSend` comes just before it leaves. Errors: those of `verify`, outside.asks_back. */
  call(reach: Reach, pinned: PinnedTool, input: unknown, onSend?: () => void): Promise<OutsideAnswer>;
  /** What a program has complained about. */
  complaints(): string;
  close(): Promise<void>;
}

interface OpenClient {
  readonly client: Client;
  readonly way: OpenTransport;
}

/** Loaded when a server is first needed: the command line starts without it. */
const protocol = () => import('@modelcontextprotocol/client');

const PROBE_MS = 3_000;
const FAILURES_UNTIL_REST = 3;
const SHORTEST_REST_MS = 5_000;
const LONGEST_REST_MS = 300_000;

export function createConnection(options: OutsideServerOptions): Connection {
  const { id, transport, now = () => performance.now() } = options;
  const timeoutMs = timeoutOf(options);
  let open: Promise<OpenClient> | undefined;
  let way: OpenTransport | undefined;
  let failures = 0;
  let restsUntil = 0;

  async function connect(said: Said): Promise<OpenClient> {
    const missing = variablesOf(transport).filter((name) => said[name] === undefined);
    if (missing.length > 0) throw outsideErrors.not_configured({ server: id, variables: missing });
    const [{ Client }, { openTransport }] = await Promise.all([protocol(), import('./transport.ts')]);
    way = openTransport(transport, said);
    // it offers nothing of its own: no server here asks people or models anything
    const client = new Client(
      { name: 'troupe-os', version: '0.1.0' },
      {
        versionNegotiation: { mode: 'auto', probe: { timeoutMs: Math.min(PROBE_MS, timeoutMs) } },
        inputRequired: { autoFulfill: false },
      },
    );
    await client.connect(way.transport, { timeout: timeoutMs });
    return { client, way };
  }

  function opened(said: Said): Promise<OpenClient> {
    if (open) return open;
    const opening = connect(said);
    open = opening;
    const forget = () => {
      if (open === opening) open = undefined;
    };
    opening.then(({ client }) => {
      client.onclose = forget;
    }, forget);
    return opening;
  }

  /** What answers at all counts as reached, also where it refuses. */
  async function reached<T>({ said, log, signal }: Reach, work: (client: Client) => Promise<T>): Promise<T> {
    if (now() < restsUntil) throw outsideErrors.resting({ server: id });
    try {
      const answer = await work((await opened(said)).client);
      failures = 0;
      return answer;
    } catch (error) {
      const { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } = await protocol();
      if (error instanceof ProtocolError) {
        failures = 0;
        throw new Refused(error);
      }
      if (signal?.aborted || (error instanceof TroupeError && error.code.startsWith('outside.'))) throw error;
      if (error instanceof SdkError && error.code === SdkErrorCode.UnsupportedResultType)
        throw outsideErrors.asks_back({ server: id });
      failures += 1;
      if (failures >= FAILURES_UNTIL_REST)
        restsUntil = now() + Math.min(LONGEST_REST_MS, SHORTEST_REST_MS * 2 ** (failures - FAILURES_UNTIL_REST));
      // a session that is not known any more is refused for ever
      if (failures >= FAILURES_UNTIL_REST || error instanceof SdkHttpError) await close();
      const reason = reasonOf(error);
      log?.warn('an outside server failed', { server: id, failures, reason });
      throw outsideErrors.unreachable({ server: id, reason }, error);
    }
  }

  async function list(reach: Reach): Promise<ToolDefinition[]> {
    const request = { cacheMode: 'refresh' as const, ...limits(reach) };
    const { tools } = await reached(reach, (client) => client.listTools(undefined, request)).catch((error: unknown) => {
      throw error instanceof Refused ? outsideErrors.unreachable({ server: id }, error) : error;
    });
    return tools.map((tool) => definitionOf(tool as ToolDefinition));
  }

  async function verify(reach: Reach, { sha256, definition: { name } }: PinnedTool): Promise<void> {
    const live = (await list(reach)).find((tool) => tool.name === name);
    const refusal = !live ? outsideErrors.tool_gone : hashOf(live) !== sha256 ? outsideErrors.tool_changed : undefined;
    if (!refusal) return;
    reach.log?.warn('a tool of an outside server is not the one that was confirmed', {
      server: id,
      tool: name,
      code: refusal.code,
    });
    throw refusal({ server: id, tool: name });
  }

  const limits = ({ signal }: Reach) => ({ timeout: timeoutMs, maxTotalTimeout: timeoutMs, ...(signal ? { signal } : {}) });

  async function close(): Promise<void> {
    const closing = open;
    open = undefined;
    await way?.transport.close(); // also where it is still being connected to
    await closing?.then(
      ({ client }) => client.close(),
      () => undefined, // it was never open
    );
  }

  return {
    list,
    verify,
    async call(reach, pinned, input, onSend) {
      await verify(reach, pinned);
      const { name, inputSchema } = pinned.definition;
      // what it answers is text to us, so its form is not checked: that would run patterns from outside
      const toolDefinition = { name, inputSchema: inputSchema as { type: 'object' } };
      const params = { name, arguments: input as Record<string, unknown> };
      const asked = reached(reach, (client) => {
        onSend?.();
        return client.callTool(params, { ...limits(reach), toolDefinition });
      });
      return asked.then(
        (result) => answerOf(result as ToolAnswer),
        (error: unknown) => {
          if (error instanceof Refused) return answerOf({ isError: true, content: [{ type: 'text', text: error.message }] });
          throw error;
        },
      );
    },
    complaints: () => way?.complaints() ?? '',
    close,
  };
}

/** The server has answered, and with an error of the protocol. */
class Refused extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** The code of what is at the bottom of it. Not what was said: that may hold anything, our own secrets too. */
function reasonOf(error: unknown): string {
  let reason = error instanceof Error ? error.name : typeof error;
  for (let one = error; one instanceof Error; one = one.cause) {
    const { code } = one as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[\w.]{1,50}$/.test(code)) reason = code;
  }
  return reason;
}
