import { defineAction, definePlugin } from '@troupe-os/core';
import type { Caller } from '@troupe-os/core/surface';
import { sql } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startAgentHouse } from '../testing/house.ts';
import { lettersPlugin } from '../testing/letters.ts';
import { SCRIPTED_PRICE, scriptedModel } from '../testing/scripted-model.ts';
import { RunLeft } from './run.ts';
import type { RunEvent } from './run-parts.ts';
import { createRunner } from './runner.ts';

const manyActions = definePlugin({
  id: 'archive',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'archive.drawer.read': { title: 'Open drawers', roles: ['admin'] } },
  tables: {},
  actions: Array.from({ length: 30 }, (_, number) =>
    defineAction({
      name: `archive.open-drawer-${number}`,
      title: `Drawer ${number}`,
      description: number === 17 ? 'Holds the lacquers.' : 'Holds papers.',
      effect: 'read',
      risk: 'low',
      permission: 'archive.drawer.read',
      input: z.strictObject({}),
      output: z.strictObject({ drawer: z.int() }),
      handler: async () => ({ drawer: number }),
    }),
  ),
});

const rung = Promise.withResolvers<void>();
const bell = definePlugin({
  id: 'bell',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'bell.bell.hear': { title: 'Hear the bell', roles: ['viewer'] } },
  tables: {},
  actions: [
    defineAction({
      name: 'bell.wait',
      title: 'Wait for the bell',
      description: 'Waits until somebody rings.',
      effect: 'read',
      risk: 'low',
      permission: 'bell.bell.hear',
      input: z.strictObject({}),
      output: z.strictObject({}),
      prepare: () => rung.promise,
      handler: async () => ({}),
    }),
  ],
});

const house = await startAgentHouse([lettersPlugin, manyActions, bell]);
const { model, env } = await scriptedModel();
const runner = createRunner({ kernel: house.kernel, env });
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

interface Asked {
  readonly text: string;
  readonly person: Caller;
  readonly agentId?: string;
  readonly tainted?: boolean;
  readonly models?: readonly string[];
  /** Default: a new one. */
  readonly conversationId?: string;
  readonly signal?: AbortSignal;
  onEvent?(event: RunEvent): void;
}

async function ask({ text, person, agentId = house.conciergeId, tainted = false, models, signal, onEvent, ...more }: Asked) {
  const events: RunEvent[] = [];
  const { conversationId } = more.conversationId
    ? { conversationId: more.conversationId }
    : await house.does<{ conversationId: string }>(person, 'workforce.start-conversation', { agentId });
  const principal = { id: agentId, kind: 'agent', name: 'Concierge', credential: 'conversation:test' } as const;
  const result = await runner.answer({
    kernel: house.kernel,
    conversationId,
    said: [{ role: 'user', content: text }],
    caller: { principal, onBehalfOf: person.principal, tainted },
    agent: { agentId, name: 'Concierge', instructions: 'Help.' },
    models: models ?? ['custom/scripted'],
    env,
    requestId: crypto.randomUUID(),
    trace,
    signal: signal ?? new AbortController().signal,
    onEvent(event) {
      events.push(event);
      onEvent?.(event);
    },
  });
  return { ...result, events, conversationId };
}

const offered = () => {
  const body = model.getLastRequest()?.body as { tools?: { function: { name: string; parameters: unknown } }[] };
  return body.tools ?? [];
};

type ScriptedCall = { readonly name: string; readonly input: object };

function scriptCalls(said: string, calls: readonly ScriptedCall[]) {
  model.on(
    { userMessage: said, hasToolResult: false },
    { toolCalls: calls.map(({ name, input }) => ({ name, arguments: JSON.stringify(input) })) },
  );
}

/** The model uses tools, and then says this, at its pace. */
function scriptToolThen(
  said: string,
  calls: readonly ScriptedCall[],
  { content, ...pace }: { content: string; chunkSize: number; latency: number },
) {
  scriptCalls(said, calls);
  model.on({ userMessage: said, hasToolResult: true }, { content }, pace);
}

/** The model uses a tool, and then says what it answered. */
function scriptTool(said: string, ...calls: ScriptedCall[]) {
  scriptCalls(said, calls);
  model.on({ userMessage: said, hasToolResult: true }, (request) => ({
    content: request.messages
      .filter(({ role }) => role === 'tool')
      .map(({ content }) => String(content))
      .join('\n'),
  }));
}

test('an agent is offered what it and its person both may do, with the schemas of the wire', async () => {
  model.onMessage('what can you do: send a letter', { content: 'Little.' });
  const viewer = await house.person('viewer');

  const { status, text } = await ask({ text: 'what can you do: send a letter', person: viewer.caller });

  const names = offered().map((tool) => tool.function.name);
  expect({ status, text }).toEqual({ status: 'done', text: 'Little.' });
  expect(names).toContain('workforce_list_agents');
  expect(names).not.toContain('ledger_post_entry'); // neither may
  expect(names).not.toContain('workforce_create_agent'); // the agent is no admin
  expect(names).not.toContain('identity_create_token'); // it shows a secret
  const schema = offered().find((tool) => tool.function.name === 'letters_send_letter')?.function.parameters;
  expect(schema).toMatchObject({
    properties: { text: { type: 'string' }, dryRun: { type: 'boolean' }, again: { type: 'boolean' } },
  });
});

test('an agent never does for an owner what the agent itself may not', async () => {
  scriptTool('add a helper', { name: 'workforce_create_agent', input: { name: 'X' } });
  const owner = await house.person('owner');

  const { events } = await ask({ text: 'add a helper', person: owner.caller });

  expect(events.filter(({ type }) => type === 'tool-started')).toEqual([]); // there is no such tool
  expect(offered().map((tool) => tool.function.name)).not.toContain('workforce_create_agent');
});

test('a tool call is an action: one row of the record says who did it, for whom, and in which trace', async () => {
  scriptTool('start a conversation for me', { name: 'workforce_start_conversation', input: { title: 'Sleeves' } });
  const editor = await house.person('editor');

  const { status, events } = await ask({ text: 'start a conversation for me', person: editor.caller });

  const finished = events.find(({ type }) => type === 'tool-finished');
  const callId = finished?.type === 'tool-finished' ? finished.callId : undefined;
  const rows = await house.database.rows(
    sql`select actor, on_behalf_of, trace_id, outcome, cause, action from core.audit_entries where call_id = ${callId}`,
  );
  expect(status).toBe('done');
  expect(rows).toEqual([
    {
      actor: house.conciergeId,
      on_behalf_of: editor.caller.principal.id,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      outcome: 'succeeded',
      cause: 'chat',
      action: 'workforce.start-conversation',
    },
  ]);
});

test('the same write twice in one run is done once, unless it is asked for again; a dry run does nothing', async () => {
  const start = (more: object) => ({ name: 'workforce_start_conversation', input: { title: 'Twice', ...more } });
  scriptTool('start a conversation twice', start({}), start({}), start({ dryRun: true }), start({ again: true }));
  const editor = await house.person('editor');

  const { text } = await ask({ text: 'start a conversation twice', person: editor.caller });

  const { items } = await house.does<{ items: { title: string }[] }>(editor.caller, 'workforce.list-conversations');
  expect(items.filter(({ title }) => title === 'Twice')).toHaveLength(2);
  expect(text).toContain('"replayed":true');
  expect(text).toContain('"dryRun":true');
});

test('of many actions the nearest are tools, and the others are found and run by name, behind the same gate', async () => {
  const { agentId } = await house.does<{ agentId: string }>(house.operator, 'workforce.create-agent', {
    ...{ name: 'Archivist', role: 'Archive', description: '', instructions: '', departments: ['Archive'] },
    roles: [{ role: 'admin' }],
  });
  const run = (action: string) => ({ name: 'run_action', input: { action, input: {} } });
  scriptTool('what holds the lacquers', { name: 'find_actions', input: { query: 'papers' } }, run('archive.open-drawer-3'));
  scriptTool('post it', run('ledger.fly'), run('identity.create-token'));

  const found = await ask({ text: 'what holds the lacquers', person: house.operator, agentId });
  const names = offered().map((tool) => tool.function.name);
  const refused = await ask({ text: 'post it', person: house.operator, agentId });

  expect(names).toHaveLength(25);
  expect(names[0]).toBe('archive_open_drawer_17');
  expect(names.slice(-2)).toEqual(['find_actions', 'run_action']);
  expect(found.text).toContain('"action":"archive.open-drawer-0"');
  expect(found.text).toContain('{"drawer":3}');
  expect(refused.text).toContain('core.unknown_action');
  expect(refused.text).toContain('agents.for_people');
});

test('an error of an action is told to the model with its code, and the run goes on', async () => {
  scriptTool('show me nothing', { name: 'workforce_get_agent', input: { agentId: crypto.randomUUID() } });
  const { status, text } = await ask({ text: 'show me nothing', person: (await house.person('viewer')).caller });

  expect(status).toBe('done');
  expect(text).toContain('workforce.unknown_agent');
});

test('a run that has read text from outside does nothing of consequence', async () => {
  const send = { name: 'letters_send_letter', input: { text: 'All we have.' } };
  scriptTool('answer the letter', { name: 'letters_read_letter', input: {} }, send);
  scriptTool('just send a letter', send);
  const person = (await house.person('viewer')).caller;

  const untainted = await ask({ text: 'just send a letter', person });
  const tainted = await ask({ text: 'answer the letter', person });
  const from = await ask({ text: 'just send a letter', person, tainted: true });

  expect(untainted.text).toContain('"sent":true');
  expect(tainted.text).toContain('core.approval_unavailable');
  expect(from.text).toContain('core.approval_unavailable');
});

test.each(['openai/gpt-5', 'anthropic/claude-sonnet-4-5'])('a model is asked in the form of its provider: %s', async (name) => {
  // its provider's package reads where it is, and its key, from the environment
  for (const provider of ['OPENAI', 'ANTHROPIC']) {
    vi.stubEnv(`${provider}_BASE_URL`, env.TROUPE_MODEL_URL);
    vi.stubEnv(`${provider}_API_KEY`, 'a-key');
  }
  await house.does(house.operator, 'workforce.set-model-price', { ...SCRIPTED_PRICE, model: name });
  scriptTool(`look around, ${name}`, { name: 'workforce_list_agents', input: {} });

  const { status, text, events } = await ask({ text: `look around, ${name}`, person: house.operator, models: [name] });

  expect(status).toBe('done');
  expect(text).toContain('"name":"Concierge"');
  expect([...new Set(events.map(({ type }) => type))]).toEqual([
    'started',
    'tool-started',
    'tool-finished',
    'text',
    'text-ended',
  ]);
});

test.each([
  ['openai/gpt-5-mini', /^set OPENAI_API_KEY/],
  ['nobody/knows-it', /TROUPE_MODEL_URL/],
])('a model that is not set up is told as that, with what to set: %s', async (name, reason) => {
  await house.does(house.operator, 'workforce.set-model-price', { ...SCRIPTED_PRICE, model: name });
  const { status, error } = await ask({ text: 'is anybody there', person: house.operator, models: [name] });
  expect(status).toBe('failed');
  expect(error).toMatchObject({ code: 'agents.model_unset', details: { reason: expect.stringMatching(reason) } });
});

test('a model that is asked too often is asked again, and then answers', async () => {
  model.on(
    { userMessage: 'are you busy', sequenceIndex: 0 },
    { error: { message: 'slow down', type: 'rate_limit' }, status: 429 },
  );
  model.on({ userMessage: 'are you busy', sequenceIndex: 1 }, { content: 'Not any more.' });

  expect(await ask({ text: 'are you busy', person: house.operator })).toMatchObject({ status: 'done', text: 'Not any more.' });
});

test('a model that refuses is told by what it means: whatever its server says, and the key that it quotes, stays there', async () => {
  const message = 'Incorrect API key provided: sk-of-the-house-0123456789.';
  model.on({ userMessage: 'whose key is this' }, { error: { message, type: 'invalid_request_error' }, status: 401 });

  const { status, error } = await ask({ text: 'whose key is this', person: house.operator });

  expect(status).toBe('failed');
  expect(error).toMatchObject({ code: 'agents.model_failed', details: { reason: 'its key is missing or wrong', status: 401 } });
  expect(JSON.stringify(error?.details)).not.toContain('sk-of');
});

test('an answer that is cut off has failed, and what came of it is kept', async () => {
  const content = 'This sentence is long enough to be sent in many pieces before the line breaks.';
  model.on({ userMessage: 'tell me a story' }, { content }, { chunkSize: 5, latency: 20, truncateAfterChunks: 6 });

  const { status, text, error } = await ask({ text: 'tell me a story', person: house.operator });

  expect(status).toBe('failed');
  expect(['agents.cut_off', 'agents.model_failed']).toContain(error?.code);
  expect(content.startsWith(text)).toBe(true);
  expect(text).not.toBe('');
});

test('an answer that is stopped ends with what was written', async () => {
  const content = 'One two three four five six seven eight nine ten. '.repeat(40);
  model.on({ userMessage: 'count for me' }, { content }, { chunkSize: 5, latency: 30 });
  const stop = new AbortController();

  const { status, text } = await ask({
    text: 'count for me',
    person: house.operator,
    signal: stop.signal,
    onEvent: ({ type }) => type === 'text' && stop.abort(),
  });

  expect(status).toBe('stopped');
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThan(content.length);
});

test('reads of one step are made beside each other, writes one after another, and all are told in the order in which they were asked', async () => {
  const read = { name: 'letters_read_slowly', input: {} };
  const write = (text: string) => ({ name: 'letters_keep_draft', input: { text } });
  scriptTool('read and write', read, read, write('one'), write('two'), read);
  const person = (await house.person('viewer')).caller;

  const { events, text } = await ask({ text: 'read and write', person });

  const turns = events.flatMap((event) =>
    event.type === 'tool-started' || event.type === 'tool-finished' ? [`${event.call.tool} ${event.type.slice(5)}`] : [],
  );
  expect(turns).toEqual([
    ...[
      'letters_read_slowly started',
      'letters_read_slowly started',
      'letters_read_slowly finished',
      'letters_read_slowly finished',
    ],
    ...['letters_keep_draft started', 'letters_keep_draft finished', 'letters_keep_draft started', 'letters_keep_draft finished'],
    ...['letters_read_slowly started', 'letters_read_slowly finished'],
  ]);
  expect([...text.matchAll(/"(read|kept)":/g)].map(([, word]) => word)).toEqual(['read', 'read', 'kept', 'kept', 'read']);
});

test('where a model fails before its first word the next one of the list is asked, and each is paid for as itself', async () => {
  const price = { inputMicroUsd: '1000000', outputMicroUsd: '1000000' };
  for (const model of ['custom/down', 'custom/second'])
    await house.does(house.operator, 'workforce.set-model-price', { model, ...price });
  model.on({ userMessage: 'is anybody there', model: 'down' }, { error: { message: 'gone', type: 'server_error' }, status: 404 });
  model.on({ userMessage: 'is anybody there', model: 'second' }, { content: 'I am.' });

  const { status, text, conversationId } = await ask({
    text: 'is anybody there',
    person: house.operator,
    models: ['custom/down', 'custom/second'],
  });

  const rows = await house.database.rows<{ model: string; said: boolean; cost: string }>(
    sql`select s.model, s.tokens_said as said, s.cost_micro_usd::text as cost from workforce.steps s join workforce.runs r on r.id = s.run_id
      where r.conversation_id = ${conversationId}`,
  );
  expect({ status, text }).toEqual({ status: 'done', text: 'I am.' });
  expect(rows).toEqual([{ model: 'custom/second', said: false, cost: expect.stringMatching(/^[1-9]\d+$/) }]);
});

test('whoever may not talk any more is answered no further, in the middle of a run', async () => {
  scriptTool('wait with me', { name: 'bell_wait', input: {} });
  const { caller } = await house.person('viewer');
  const personId = caller.principal.id;

  const { status, error } = await ask({
    text: 'wait with me',
    person: caller,
    onEvent({ type }) {
      if (type === 'tool-started') rung.resolve(house.does(house.operator, 'identity.deactivate-person', { personId }));
    },
  });

  expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'core.bad_credentials' });
});

test('nothing is asked for somebody whose token was taken back', async () => {
  model.onMessage('still there', { content: 'Yes.' });
  const { caller } = await house.person('viewer');
  const made = await house.does<{ token: string; tokenId: string }>(caller, 'identity.create-token', {
    name: 'app',
    scopes: ['*'],
  });
  const byToken: Caller = { principal: await house.kernel.authenticate({ type: 'token', secret: made.token }), tainted: false };
  expect(await ask({ text: 'still there', person: byToken })).toMatchObject({ status: 'done', text: 'Yes.' });

  const { conversationId } = await house.does<{ conversationId: string }>(caller, 'workforce.start-conversation', {});
  await house.does(caller, 'identity.revoke-token', { tokenId: made.tokenId });
  const gone = await ask({ text: 'still there', person: byToken, conversationId });

  expect(gone).toMatchObject({ status: 'failed', error: { code: 'core.bad_credentials' }, text: '' });
});

test('a run that its process has left goes on in another, with what was done, and does no write twice', async () => {
  const start = { name: 'workforce_start_conversation', input: { title: 'Left behind' } };
  const content = 'One two three four five six seven eight nine ten. '.repeat(20);
  scriptToolThen('start a conversation and tell me', [start, { name: 'workforce_list_agents', input: {} }], {
    content,
    chunkSize: 5,
    latency: 20,
  });
  const editor = (await house.person('editor')).caller;
  const first = createRunner({ kernel: house.kernel, env });
  await first.start();
  const { conversationId } = await house.does<{ conversationId: string }>(editor, 'workforce.start-conversation', {});
  await house.does(editor, 'workforce.add-message', { conversationId, text: 'start a conversation and tell me' });

  const principal = { id: house.conciergeId, kind: 'agent', name: 'Concierge', credential: 'conversation:test' } as const;
  const answer = first.answer({
    ...{
      kernel: house.kernel,
      conversationId,
      said: [{ role: 'user', content: 'start a conversation and tell me' }],
      env,
      requestId: 'left',
      trace,
    },
    caller: { principal, onBehalfOf: editor.principal, tainted: false },
    agent: { agentId: house.conciergeId, name: 'Concierge', instructions: '' },
    models: ['custom/scripted'],
    signal: new AbortController().signal,
    onEvent: ({ type }) => type === 'tool-finished' && void first.stop(), // before what it answered is kept
  });
  await expect(answer).rejects.toThrow(RunLeft);
  await first.stop();
  const second = createRunner({ kernel: house.kernel, env });
  await second.start();

  const message = await vi.waitUntil(
    async () => {
      const { messages } = await house.does<{ messages: { author: string; status: string; text: string }[] }>(
        editor,
        'workforce.get-conversation',
        { conversationId },
      );
      return messages.find(({ author, status }) => author === 'agent' && status !== 'streaming');
    },
    { timeout: 60_000, interval: 50 },
  );
  await second.stop();
  const { items } = await house.does<{ items: { title: string }[] }>(editor, 'workforce.list-conversations');
  expect(message).toMatchObject({ status: 'done', text: content.trim() });
  expect(items.filter(({ title }) => title === 'Left behind')).toHaveLength(1);
  const calls = await house.database.rows(
    sql`select action from core.audit_entries where actor = ${house.conciergeId} and on_behalf_of = ${editor.principal.id} and outcome = 'succeeded'`,
  );
  expect(calls).toEqual([{ action: 'workforce.start-conversation' }]);
});
