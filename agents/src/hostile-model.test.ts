// A model, or its server, that sends what no decent one sends: the run ends, is paid, and nobody else notices.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atEnd } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startAgentHouse } from '../testing/house.ts';
import { createRunner } from './runner.ts';

const house = await startAgentHouse();
const chunk = (delta: object, reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'x', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
const tools = (calls: readonly { name: string; args: string; id?: string }[]) =>
  chunk({
    tool_calls: calls.map(({ name, args, id }, index) => ({
      index,
      id: id ?? `c${index}`,
      type: 'function',
      function: { name, arguments: args },
    })),
  });
const whole = (response: ServerResponse, ...chunks: string[]) =>
  response.end(`${chunks.join('')}${chunk({}, 'stop')}data: [DONE]\n\n`);

/** A model's server that answers the first question like this, and each later one with a word. */
async function serve(first: (response: ServerResponse) => void) {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked === 1) first(response);
      else whole(response, chunk({ content: 'Done.' }));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  atEnd(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { asked: () => asked, env: { TROUPE_MODEL: 'custom/hostile', TROUPE_MODEL_URL: url } };
}

const PRICE = { model: 'custom/hostile', inputMicroUsd: '10', outputMicroUsd: '10' };
await house.does(house.operator, 'workforce.set-model-price', PRICE);
const { agentId } = await house.does<{ agentId: string }>(house.operator, 'workforce.create-agent', {
  ...{ name: 'Obedient', role: 'Obeys', description: '', instructions: '', departments: ['Night'] },
  roles: [{ role: 'admin' }],
});

async function ask(first: (response: ServerResponse) => void) {
  const { env, asked } = await serve(first);
  const runner = createRunner({ kernel: house.kernel, env });
  const { conversationId } = await house.does<{ conversationId: string }>(house.operator, 'workforce.start-conversation', {
    agentId,
  });
  const principal = { id: agentId, kind: 'agent', name: 'Obedient', credential: 'conversation:test' } as const;
  const result = await runner.answer({
    ...{ kernel: house.kernel, conversationId, env, requestId: crypto.randomUUID(), models: ['custom/hostile'] },
    said: [{ role: 'user', content: 'go' }],
    caller: { principal, onBehalfOf: house.operator.principal, tainted: false },
    agent: { agentId, name: 'Obedient', instructions: '' },
    trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    onEvent() {},
    signal: new AbortController().signal,
  });
  const [run] = await house.database.rows<{ state: string; reserved: string; cost: string; calls: number }>(
    sql`select r.state, s.reserved_micro_usd::text as reserved, s.cost_micro_usd::text as cost,
        (select count(*)::integer from workforce.messages m where m.conversation_id = r.conversation_id and m.author_kind = 'tool') as calls
      from workforce.runs r join workforce.steps s on s.run_id = r.id and s.number = 1 where r.conversation_id = ${conversationId}`,
  );
  return { ...result, asked: asked(), run };
}

test('arguments that are objects where words should be are no words', async () => {
  const trap = '{"toString":1,"valueOf":1}';
  const { status, run } = await ask((response) =>
    whole(
      response,
      tools([
        { name: 'find_actions', args: `{"query":${trap}}` },
        { name: 'run_action', args: `{"action":${trap},"input":{}}` },
        { name: '__proto__', args: '{}' },
        { name: 'find_actions', args: '["not an object"' },
      ]),
    ),
  );
  expect({ status, state: run?.state }).toEqual({ status: 'done', state: 'done' });
});

test('half a character and U+0000 are kept as what the database takes', async () => {
  const { status, run } = await ask((response) =>
    whole(
      response,
      chunk({ content: `a\0${'😀'.repeat(60_000)}` }),
      tools([{ name: 'run_action', args: JSON.stringify({ action: `bad\0${'😀'.repeat(150)}`, input: {} }), id: '\0' }]),
    ),
  );
  expect({ status, state: run?.state, calls: run?.calls }).toEqual({ status: 'done', state: 'done', calls: 1 });
});

test('of a thousand tools in one step sixty-four are used, and all of these are kept', async () => {
  const args = JSON.stringify({ action: 'workforce.list-agents', input: {} });
  const { status, run } = await ask((response) =>
    whole(response, tools(Array.from({ length: 1000 }, () => ({ name: 'run_action', args, id: 'the same' })))),
  );
  expect({ status, calls: run?.calls }).toEqual({ status: 'done', calls: 64 });
});

test('an answer that does not end is cut off, and paid as the longest', async () => {
  const { status, error, asked, run } = await ask((response) => {
    const timer = setInterval(() => response.write(chunk({ content: 'more '.repeat(10_000) })), 1);
    response.once('close', () => clearInterval(timer));
  });
  expect({ status, code: error?.code, asked }).toEqual({ status: 'failed', code: 'agents.cut_off', asked: 1 });
  expect(run?.cost).toBe(run?.reserved);
});

test('what may have cost something is not asked again: it is paid as the longest', async () => {
  const { status, asked, run } = await ask((response) => {
    response.write(tools([{ name: 'run_action', args: '{"act' }]));
    response.end('data: {"error":{"message":"overloaded","type":"server_error"}}\n\n');
  });
  expect({ status, asked }).toEqual({ status: 'failed', asked: 1 });
  expect(run?.cost).toBe(run?.reserved);
});
