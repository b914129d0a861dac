// The typed client: its methods and types are inferred from the plugins themselves; no code is generated.
import type { z } from 'zod';
import type { AnyAction } from './define/action.ts';
import type { Plugin } from './define/plugin.ts';

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S;
type MethodOf<A extends AnyAction> = A['name'] extends `${string}.${infer Rest}` ? CamelCase<Rest> : never;

/** What belongs to a call and not to its input. */
export interface CallOptions {
  /** The same key and input is done once. Writes without one get a new key each time. */
  readonly key?: string;
  readonly dryRun?: boolean;
  /** W3C traceparent: the call is recorded in this trace. */
  readonly trace?: string;
  readonly signal?: AbortSignal;
}

/** `client.ledger.postEntry(input)`: wire form in, wire form out. Errors: ClientError. */
export type Client<Plugins extends readonly Plugin[]> = {
  readonly [P in Plugins[number] as P['id']]: {
    readonly [A in P['actions'][number] as MethodOf<A>]: (
      input: z.input<A['input']>,
      options?: CallOptions,
    ) => Promise<z.input<A['output']>>;
  };
};

/** What the server answered instead of a result. */
export class ClientError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  readonly requestId: string | undefined;

  constructor(status: number, body: { code?: string; message?: string; details?: unknown; requestId?: string }) {
    super(body.message ?? 'The server did not answer as expected.');
    this.name = 'ClientError';
    this.status = status;
    this.code = body.code ?? 'core.unreachable';
    this.details = body.details;
    this.requestId = body.requestId;
  }
}

/** Makes a client over any fetch: the network's, or an app's own in the same process. */
export function createClient<Plugins extends readonly Plugin[]>(options: {
  readonly baseUrl: string;
  readonly fetch?: (request: Request) => Promise<Response>;
  readonly headers?: Readonly<Record<string, string>>;
}): Client<Plugins> {
  const send = options.fetch ?? fetch;

  async function call(
    plugin: string,
    method: string,
    input: unknown,
    { key, dryRun, trace, signal }: CallOptions = {},
  ): Promise<unknown> {
    const request = new Request(`${options.baseUrl}/api/${plugin}/${kebabCase(method)}${dryRun ? '?dryRun=true' : ''}`, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key ?? crypto.randomUUID(),
        ...(trace ? { traceparent: trace } : {}),
        ...options.headers,
      },
      ...(signal ? { signal } : {}),
    });
    const response = await send(request);
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (!response.ok) throw new ClientError(response.status, body);
    return body;
  }

  const plugin = (id: string) =>
    new Proxy(
      {},
      {
        get: (_, method) =>
          typeof method === 'string' ? (input: unknown, more?: CallOptions) => call(id, method, input, more) : undefined,
      },
    );
  // the proxies answer for every name; the type knows which of them exist
  return new Proxy({}, { get: (_, id) => (typeof id === 'string' ? plugin(id) : undefined) }) as Client<Plugins>;
}

/** `postEntry` -> `post-entry`; the registry refuses names that would not survive the way back. */
export function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z0-9]+/g, (run, at: number) => (at === 0 || /\d/.test(run) ? run : `-${run.toLowerCase()}`));
}
