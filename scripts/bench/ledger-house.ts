// The house of the kernel's bench: what is called, by whom, through which door.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Plugin, Principal } from '@troupe-os/core';
import { mcp } from '@troupe-os/mcp-servers';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { ledgerPlugin } from '@troupe-os/plugin-ledger';
import { openHouse } from '../../core/src/house.ts';
import { createApp } from '../../core/src/http/app.ts';
import { localOperator } from '../../core/src/http/authenticate.ts';
import { listen } from '../../core/src/http/server.ts';
import { readSettings } from '../../core/src/settings.ts';

export const ACCOUNTS = 10;

export const pathOf = (side: 'from' | 'to', at: number) => `assets:bench-${side}-${at % ACCOUNTS}`;
export const postings = (caller: number) => [
  { path: pathOf('from', caller), unit: 'EUR', amount: '-100' },
  { path: pathOf('to', caller), unit: 'EUR', amount: '100' },
];

/** A house with people, a ledger and rules, and the calls of one Admin's token in process, by REST and by MCP. */
export async function openLedgerHouse(home: string, databaseUrl: string | undefined) {
  const settings = readSettings(
    { TROUPE_HOME: home, LOG_LEVEL: 'error', TROUPE_CALL_LIMITS: 'off', ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) },
    home,
  );
  const house = await openHouse({ plugins: [identityPlugin, ledgerPlugin, governancePlugin], surfaces: [] }, settings);
  await house.kernel.seed({ rehearsal: false });
  const call = (principal: Principal, action: string, input: unknown, idempotencyKey?: string) =>
    house.kernel.execute({
      action,
      input,
      caller: { principal, tainted: false },
      surface: 'bench',
      requestId: crypto.randomUUID(),
      ...(idempotencyKey ? { idempotencyKey } : {}),
    });
  const made = await call(localOperator, 'identity.create-token', { name: 'Bench', role: 'admin' });
  const { token } = made.output as { token: string };
  const admin = await house.kernel.authenticate({ type: 'token', secret: token });
  const execute = (action: string, input: unknown, idempotencyKey?: string) => call(admin, action, input, idempotencyKey);
  for (const rule of rules(house.kernel.plugins)) await call(localOperator, 'governance.set-rule', rule);
  for (let at = 0; at < ACCOUNTS; at++) {
    for (const side of ['from', 'to'] as const)
      await execute(
        'ledger.open-account',
        { path: pathOf(side, at), title: 'Bench', type: 'asset', unit: 'EUR' },
        crypto.randomUUID(),
      );
  }
  const localKey = crypto.randomUUID();
  let app: ReturnType<typeof createApp> | undefined;
  const http = await listen((request, env) => app?.fetch(request, env) as Promise<Response>, { port: 0, host: '127.0.0.1' });
  const localUrl = `http://127.0.0.1:${http.port}`;
  app = createApp({ kernel: house.kernel, metrics: house.metrics, localKey, hosts: undefined, publicUrl: localUrl });
  await mcp().routes?.(app, {
    kernel: house.kernel,
    fetch: async (request, env) => app?.fetch(request, env ?? {}) as Promise<Response>,
    publicUrl: localUrl,
    localUrl,
    settings,
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async (action: string, input: unknown) => {
    const response = await fetch(`${localUrl}/api/${action.replace('.', '/')}`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify(input),
    });
    if (!response.ok) throw new Error(await response.text());
    await response.json();
  };
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${localUrl}/mcp/ledger`), {
      requestInit: { headers: { authorization: headers.authorization } },
    }),
  );
  const tool = async (name: string, input: Record<string, unknown>) => {
    const answer = await client.callTool({ name, arguments: input });
    if (answer.isError) throw new Error(JSON.stringify(answer));
  };
  const entry = (caller: number) => ({ memo: `bench ${crypto.randomUUID()}`, postings: postings(caller) });
  const balance = (caller: number) => ({ path: pathOf('to', caller), unit: 'EUR' });
  return {
    rivals: [
      {
        name: 'kernel',
        write: (at: number) => execute('ledger.post-entry', entry(at), crypto.randomUUID()),
        read: (at: number) => execute('ledger.get-balance', balance(at)),
      },
      {
        name: 'REST',
        write: (at: number) => post('ledger.post-entry', entry(at)),
        read: (at: number) => post('ledger.get-balance', balance(at)),
      },
      {
        name: 'MCP',
        write: (at: number) => tool('ledger_post_entry', entry(at)),
        read: (at: number) => tool('ledger_get_balance', balance(at)),
      },
    ],
    async close() {
      await client.close();
      await http.close();
      await house.close();
    },
  };
}

const RULES = 100;
const RULES_ON_ONE = 10;

/** Of which none forbids anything to the one who calls. Each second one looks at the call itself, and so at each. */
function rules(plugins: ReadonlyMap<string, Plugin>) {
  const others = (plugins.get('ledger')?.actions ?? []).map(({ name }) => name);
  const targets = [...new Set(['ledger.post-entry', 'ledger.get-balance', ...others])].slice(0, RULES / RULES_ON_ONE);
  return targets.flatMap((target) =>
    Array.from({ length: RULES_ON_ONE }, (_, at) => ({
      name: `${target.replace('.', '-')}-${at}`,
      target,
      policy: `forbid (principal, action, resource) when { principal.kind == "agent"${at % 2 ? ' || context.tainted' : ''} };`,
    })),
  );
}
