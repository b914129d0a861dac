// What waits for a person's yes, asked for by real clients of both protocol eras.
import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { serveTestKernel } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import { mcp } from '../mcp-servers/src/index.ts';
import { connect, type ToolResult, textOf } from '../mcp-servers/src/testing/clients.ts';
import { approveCall } from '../plugins/governance/src/actions/approve-call.ts';
import { listApprovals } from '../plugins/governance/src/actions/list-approvals.ts';
import { rejectCall } from '../plugins/governance/src/actions/reject-call.ts';
import { price } from '../plugins/governance/testing/till/plugin.ts';
import { startTreasury } from '../plugins/governance/testing/treasury.ts';

const t = await startTreasury();
t.as({ id: 'bot', kind: 'agent', roles: ['editor'] });
price.cents = 150_00n;
const { url } = await serveTestKernel(t, [mcp()]);
const requestInit = { headers: { authorization: 'Bearer token-of-bot' } };
const about = { name: 'test', version: '1' };
const address = new URL(`${url}/mcp`);

interface Elicited {
  readonly params: { readonly mode?: string; readonly url?: string; readonly message: string };
}

/** A client of the newer era that shows its user a link, and what the user does then. */
async function newClient(followLink: (elicited: Elicited['params']) => Promise<'accept' | 'decline'>) {
  const client = new NewClient(about, {
    capabilities: { elicitation: { url: {} } },
    versionNegotiation: { mode: { pin: '2026-07-28' } },
  });
  client.setRequestHandler('elicitation/create', async (request) => ({ action: await followLink((request as Elicited).params) }));
  await client.connect(new NewTransport(address, { requestInit }));
  return client;
}

async function oldClient(kind: 'sdk' | 'client') {
  const capabilities = { elicitation: { url: {} } };
  if (kind === 'sdk') {
    const client = new OldClient(about, { capabilities });
    await client.connect(new OldTransport(address, { requestInit }) as never); // its own types disagree about undefined
    return client;
  }
  const client = new NewClient(about, { capabilities, versionNegotiation: { mode: 'legacy' } });
  await client.connect(new NewTransport(address, { requestInit }));
  return client;
}

/** The call that waits for a payment to somebody. */
async function waitingFor(to: string): Promise<string> {
  const { items } = await t.run(t.bob, listApprovals, {});
  const ids = items.filter(({ state }) => state === 'pending').map(({ approvalId }) => approvalId);
  for (const approvalId of ids)
    if (((await t.call(t.bob, 'governance.get-approval', { approvalId })).output as { input: { to: string } }).input.to === to)
      return approvalId;
  throw new Error('nothing waits');
}

const payment = (to: string) => ({ name: 'till_pay', arguments: { to } });

test('a newer client sends its user to the page, waits there, and answers what was done once the yes was given', async () => {
  const to = 'Nora';
  const client = await newClient(async ({ mode, url, message }) => {
    const approvalId = await waitingFor(to);
    expect({ mode, url }).toEqual({ mode: 'url', url: `http://troupe.test/console/approvals/${approvalId}` });
    expect(message).toContain('yes of a person');
    await t.run(t.bob, approveCall, { approvalId });
    return 'accept';
  });
  const before = await t.payments();
  const result = (await client.callTool(payment(to))) as ToolResult;
  expect(result.structuredContent).toMatchObject({ paid: '15000' });
  expect(await t.payments()).toBe(before + 1);
});

test("a client's own word is no yes, and a no is told as one", async () => {
  const before = await t.payments();
  const refusing = await newClient(async () => {
    await t.run(t.bob, rejectCall, { approvalId: await waitingFor('Rita') });
    return 'accept';
  });
  const refused = (await refusing.callTool(payment('Rita'))) as ToolResult;
  expect(refused).toMatchObject({ isError: true, structuredContent: { code: 'governance.refused_before' } });

  const declining = await newClient(async () => 'decline');
  const declined = (await declining.callTool(payment('Dora'))) as ToolResult;
  expect(declined).toMatchObject({ isError: true, structuredContent: { code: 'core.approval_needed' } });
  expect(await t.payments()).toBe(before);
});

test.each(['sdk', 'client'] as const)(
  'an older client is given the link, and asks again once it was decided (%s)',
  async (kind) => {
    const client = await oldClient(kind);
    const to = `Olivia ${kind}`;
    const error = await client.callTool(payment(to)).then(
      () => undefined,
      (thrown: unknown) => thrown as { code: number; data?: unknown; elicitations?: unknown },
    );
    const approvalId = await waitingFor(to);
    expect(error?.code).toBe(-32042);
    expect(error?.data).toMatchObject({
      elicitations: [{ mode: 'url', elicitationId: approvalId, url: `http://troupe.test/console/approvals/${approvalId}` }],
    });
    const before = await t.payments();
    await t.run(t.bob, approveCall, { approvalId });
    await t.settle();
    const result = (await client.callTool(payment(to))) as ToolResult;
    expect(result.structuredContent).toMatchObject({ paid: '15000', replayed: true });
    expect(await t.payments()).toBe(before + 1);
  },
);

test('a client that can show no link is told in words where it is decided', async () => {
  const client = await connect('sdk 1.32 (2025-11-25)', address.href, 'token-of-bot');
  const result = (await client.callTool(payment('Terry'))) as ToolResult;
  expect(result.isError).toBe(true);
  expect(textOf(result)).toContain(`http://troupe.test/console/approvals/${await waitingFor('Terry')}`);
});
