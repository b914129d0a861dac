// How the house is asked: as somebody, in the trace that is looked for afterwards.
import type { RunningServer } from '../../../test/servers.ts';
import type { World } from './house.ts';

export type Who = { readonly session: string } | { readonly token: string } | undefined;

export interface Reply {
  readonly status: number;
  readonly body: Record<string, string>;
  readonly callId: string;
}

export interface Asking {
  /** Any answer. */
  tries(who: Who, action: string, input: unknown, more?: { key?: string; query?: string }): Promise<Reply>;
  /** Throws where it is not done. */
  does(who: Who, action: string, input?: object): Promise<Reply['body']>;
  /** An address, as the body that was answered. */
  get(path: string, who?: Who): Promise<string>;
  headersOf(who: Who): Record<string, string>;
}

export function startAsking({ url }: Pick<RunningServer, 'url'>, { secrets }: Pick<World, 'secrets'>): Asking {
  const headersOf = (who: Who): Record<string, string> => ({
    'content-type': 'application/json',
    traceparent: `00-${secrets.mark}-0123456789abcdef-01`,
    ...(who && 'session' in who ? { cookie: `troupe_session=${who.session}`, origin: url } : {}),
    ...(who && 'token' in who ? { authorization: `Bearer ${who.token}` } : {}),
  });
  const tries: Asking['tries'] = async (who, action, input, { key = crypto.randomUUID(), query = '' } = {}) => {
    const response = await fetch(`${url}/api/${action.replace('.', '/')}${query}`, {
      method: 'POST',
      headers: { ...headersOf(who), 'idempotency-key': key },
      body: typeof input === 'string' ? input : JSON.stringify(input),
    });
    const body = (await response.json()) as Record<string, string>;
    return { status: response.status, body, callId: response.headers.get('x-call-id') ?? '' };
  };
  return {
    headersOf,
    tries,
    async does(who, action, input = {}) {
      const { status, body } = await tries(who, action, input);
      if (status !== 200) throw new Error(`${action}: ${status} ${JSON.stringify(body)}`);
      return body;
    },
    async get(path, who) {
      return (await fetch(url + path, { headers: headersOf(who) })).text();
    },
  };
}
