// JSON-RPC lines from a program's standard input to the server's address and back, for clients of either era.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { eventData } from './event-stream.ts';

export interface BridgeOptions {
  readonly url: string;
  readonly token: string;
  readonly input: Readable;
  /** Takes one message of the server, without its line end. */
  write(line: string): void;
  /** Takes one line for whoever looks into the client's log. */
  report(line: string): void;
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly _meta?: Readonly<Record<string, unknown>>;
    readonly [name: string]: unknown;
  };
}

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
/** Which parameter the header Mcp-Name repeats, by method. */
const NAMED_BY: Readonly<Record<string, string>> = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' };

/** Passes messages on until the input ends and what was asked has been answered. */
export async function bridge({ url, token, input, write, report }: BridgeOptions): Promise<void> {
  const session = new Map<string, string>();
  const open = new Map<string | number, AbortController>();
  const asked = new Set<Promise<void>>();
  const streams = new AbortController();

  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const message = parse(line);
    if (message === undefined) {
      write(failure(null, -32_700, 'This line is no JSON-RPC message.'));
      continue;
    }
    if (message.method === 'notifications/cancelled') {
      open.get(message.params?.requestId as string | number)?.abort();
      continue;
    }
    const passing = pass(message, line);
    if (message.method === 'initialize') await passing; // what follows needs the session that it begins
    if (message.method === 'subscriptions/listen') continue; // it ends with the input, not before it
    asked.add(passing);
    void passing.then(() => asked.delete(passing));
  }
  await Promise.all(asked);
  streams.abort();

  async function pass(message: Message, line: string): Promise<void> {
    const cancel = new AbortController();
    if (message.id !== undefined) open.set(message.id, cancel);
    try {
      const response = await fetch(url, {
        method: 'POST',
        body: line,
        headers: headersOf(message),
        signal: AbortSignal.any([cancel.signal, streams.signal]),
      });
      await answer(message, response);
    } catch (error) {
      if (cancel.signal.aborted || streams.signal.aborted) return; // nobody waits for it any more
      report(`${message.method ?? 'an answer'} did not reach the server: ${(error as Error).message}`);
      if (message.id !== undefined) write(failure(message.id, -32_000, 'The server cannot be reached.'));
    } finally {
      if (message.id !== undefined) open.delete(message.id);
    }
  }

  function headersOf({ method, params }: Message): Record<string, string> {
    const always = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const version = params?._meta?.[VERSION_KEY];
    if (typeof version !== 'string') return { ...always, ...Object.fromEntries(session) };
    const name = method === undefined ? undefined : params?.[NAMED_BY[method] ?? ''];
    return {
      ...always,
      'mcp-protocol-version': version,
      ...(method === undefined ? {} : { 'mcp-method': method }),
      ...(typeof name === 'string' ? { 'mcp-name': headerText(name) } : {}),
    };
  }

  async function answer(message: Message, response: Response): Promise<void> {
    const id = response.headers.get('mcp-session-id');
    if (id !== null) session.set('mcp-session-id', id);
    if (response.headers.get('content-type')?.includes('text/event-stream') && response.body) {
      for await (const data of eventData(response.body)) take(message, data);
      return;
    }
    const text = await response.text();
    if (message.id === undefined) {
      if (!response.ok) report(`${message.method} was refused: ${text}`);
    } else if (response.ok) take(message, text);
    else write(refusal(message.id, text, response.status));
  }

  function take(message: Message, text: string): void {
    if (message.method === 'initialize') {
      const version = (JSON.parse(text) as { result?: { protocolVersion?: string } }).result?.protocolVersion;
      if (version !== undefined) session.set('mcp-protocol-version', version);
    }
    write(text);
  }
}

function parse(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Message) : undefined;
  } catch {
    return undefined; // the client is told so
  }
}

const failure = (id: string | number | null, code: number, message: string, data?: unknown) =>
  JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } });

/** An error of HTTP as one of JSON-RPC, for the request that it answers: its body is either already one, or REST's. */
function refusal(id: string | number, text: string, status: number): string {
  const body = parse(text) as { error?: { code: number; message: string; data?: unknown }; message?: string } | undefined;
  if (body?.error) return failure(id, body.error.code, body.error.message, body.error.data);
  return failure(id, -32_000, body?.message ?? `The server answered ${status}.`, body);
}

/** A header's value: as it is where HTTP allows it, else as the protocol wraps other text (SEP-2243). */
function headerText(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}
