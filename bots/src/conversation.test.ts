import { lettersPlugin, scriptedModel } from '@troupe-os/agents/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { first, startChatHouse, textOf } from '../testing/house.ts';
import { readEvents } from './terminal/events.ts';
import type { UiEvent } from './ui-events.ts';

const { model, env } = await scriptedModel();
const house = await startChatHouse(env, [lettersPlugin]);

test('an agent answers with its tools; message, tool call and record share one trace', async () => {
  const input = { name: 'workforce_list_agents', arguments: '{"state":"active"}' };
  model.on({ userMessage: 'who works here', hasToolResult: false }, { content: 'Let me look.', toolCalls: [input] });
  model.on({ userMessage: 'who works here', hasToolResult: true }, { content: 'Concierge does.' });
  const ann = await house.talker('viewer');
  const id = await ann.start();

  const events = await ann.say(id, 'who works here?');

  expect(textOf(events)).toBe('Let me look.\nConcierge does.\n');
  expect(events.map(({ type }) => type).filter((type) => type !== 'text-delta')).toEqual([
    ...[
      'data-message',
      'data-title',
      'start',
      'text-start',
      'text-end',
      'tool-input-available',
      'tool-output-available',
      'data-call',
    ],
    ...['text-start', 'text-end', 'finish'],
  ]);
  const callId = first(events, 'data-call')?.data.callId;
  expect(await ann.kept(id)).toMatchObject([
    { sequence: 1, author: 'person', text: 'who works here?' },
    { sequence: 2, author: 'agent', text: 'Let me look.\n\nConcierge does.', status: 'done' },
    {
      sequence: 3,
      author: 'tool',
      tool: { action: 'workforce.list-agents', input: { state: 'active' }, callId, outcome: 'succeeded' },
    },
  ]);
  const messages = await house.database.rows<{ trace_id: string; actor: string }>(
    sql`select trace_id, actor from core.audit_entries where action in ('workforce.add-message', 'workforce.start-run', 'workforce.begin-step')
      and call_id in (select call_id from core.changes where table_name = 'messages' and after::jsonb ->> 'conversation_id' = ${id})`,
  );
  expect(messages).toHaveLength(3);
  expect(new Set(messages.map((row) => row.trace_id)).size).toBe(1);
  expect(messages.map(({ actor }) => actor).sort()).toEqual(
    [ann.caller.principal.id, 'service:workforce', 'service:workforce'].sort(),
  );
});

test("a write of the agent has one row in the record: the agent's, on behalf of the person, in the trace of the request", async () => {
  const call = { name: 'workforce_start_conversation', arguments: '{"title":"Sleeves"}' };
  model.on({ userMessage: 'open a second', hasToolResult: false }, { toolCalls: [call] });
  model.on({ userMessage: 'open a second', hasToolResult: true }, { content: 'It is open.' });
  const ann = await house.talker('editor');
  const id = await ann.start();
  const traceparent = '00-5af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  const response = await ann.fetch(`/chat/conversations/${id}/messages`, {
    method: 'POST',
    body: '{"text":"open a second one"}',
    headers: { traceparent },
  });
  await response.text();

  const tool = (await ann.kept(id)).find(({ author }) => author === 'tool')?.tool;
  const rows = await house.database.rows(
    sql`select actor, on_behalf_of, trace_id, outcome from core.audit_entries where call_id = ${tool?.callId}`,
  );
  const expected = { actor: house.conciergeId, on_behalf_of: ann.caller.principal.id, outcome: 'succeeded' };
  expect(rows).toEqual([{ ...expected, trace_id: '5af7651916cd43dd8448eb211c80319c' }]);
});

test('the agent knows what was said before', async () => {
  model.onMessage('my name is Ann', { content: 'Hello Ann.' });
  model.onMessage('and again', { content: 'Hello again.' });
  const ann = await house.talker('viewer');
  const id = await ann.start();
  await ann.say(id, 'my name is Ann');

  await ann.say(id, 'and again');

  const asked = model.getLastRequest()?.body as { messages: { role: string; content: string }[] } | undefined;
  expect(asked?.messages.slice(1).map(({ role, content }) => [role, content])).toEqual([
    ['user', 'my name is Ann'],
    ['assistant', 'Hello Ann.'],
    ['user', 'and again'],
  ]);
});

test('a conversation in which text from outside was read is tainted for good; its person may still act by command', async () => {
  const send = { name: 'letters_send_letter', arguments: '{"text":"All we have."}' };
  model.on(
    { userMessage: 'read me the letter', hasToolResult: false },
    { toolCalls: [{ name: 'letters_read_letter', arguments: '{}' }] },
  );
  model.on({ userMessage: 'read me the letter', hasToolResult: true }, { content: 'It wants all we have.' });
  model.on({ userMessage: 'send it then', hasToolResult: false }, { toolCalls: [send] });
  model.on({ userMessage: 'send it then', hasToolResult: true }, { content: 'I may not.' });
  const ann = await house.talker('viewer');
  const id = await ann.start();

  await ann.say(id, 'read me the letter');
  const later = await ann.say(id, 'send it then');
  const byHand = await ann.say(id, '/letters send-letter text="Thank you."');

  expect(await ann.get(`/chat/conversations/${id}`)).toMatchObject({ conversation: { tainted: true } });
  expect(first(later, 'data-call')?.data).toMatchObject({ outcome: 'failed', error: 'core.approval_unavailable' });
  expect(first(byHand, 'error')).toBeUndefined();
});

test("a model's failure is one clear message, and nothing that was said is lost", async () => {
  model.onMessage('are you there', { error: { message: 'out of order', type: 'server' }, status: 400 });
  const ann = await house.talker('viewer');
  const id = await ann.start();

  const events = await ann.say(id, 'are you there?');

  expect(events.filter(({ type }) => type === 'error')).toMatchObject([{ code: 'agents.model_failed' }]);
  expect(await ann.kept(id)).toMatchObject([
    { author: 'person', text: 'are you there?', status: 'done' },
    { author: 'agent', text: '', status: 'failed' },
    { author: 'system', text: expect.stringContaining('What you wrote is kept'), status: 'failed' },
  ]);
  model.onMessage('and now', { content: 'Yes.' });
  expect(textOf(await ann.say(id, 'and now?'))).toBe('Yes.\n');
});

test('an answer can be stopped; what was written stays, and the next message is answered', async () => {
  model.on({ userMessage: 'count to a thousand' }, { content: 'one two three '.repeat(200) }, { chunkSize: 10, latency: 20 });
  const ann = await house.talker('viewer');
  const id = await ann.start();
  let stopped: Promise<{ stopped: boolean }> | undefined;

  const events = await ann.say(id, 'count to a thousand', (event) => {
    if (event.type === 'text-delta') stopped ??= ann.post(`/chat/conversations/${id}/stop`, {});
  });

  expect(await stopped).toEqual({ stopped: true });
  expect(events.at(-2)?.type).toBe('abort');
  expect(await ann.kept(id)).toMatchObject([{}, { author: 'agent', status: 'stopped', text: expect.stringMatching(/^one two/) }]);
});

test('while an answer is written no second one begins in the same conversation', async () => {
  model.on({ userMessage: 'slowly now' }, { content: 'one two three '.repeat(30) }, { chunkSize: 10, latency: 20 });
  const ann = await house.talker('viewer');
  const id = await ann.start();
  let second: ReturnType<typeof ann.say> | undefined;

  await ann.say(id, 'slowly now', (event) => {
    if (event.type === 'text-start') second ??= ann.say(id, 'slowly now please');
  });

  expect(first((await second) ?? [], 'error')?.code).toBe('workforce.answer_running');
});

test('the beginning of a long conversation is put in short once, and the agent goes on with that', async () => {
  const ann = await house.talker('editor');
  const id = await ann.start();
  const long = (at: number) => `Letter ${at} about sleeves. ${'They are to be lime and black. '.repeat(300)}`;
  for (let at = 1; at <= 10; at += 1)
    await house.does(ann.caller, 'workforce.add-message', { conversationId: id, text: long(at) });
  model.on({ userMessage: /^person: Letter 1 about/ }, { content: 'Ten letters ask for lime sleeves.' });
  model.on({ userMessage: 'what do they want' }, { content: 'Lime ones.' });
  model.on({ userMessage: 'and when' }, { content: 'Soon.' });
  const lastAsked = () => JSON.stringify((model.getLastRequest()?.body as { messages: unknown } | undefined)?.messages);

  expect(textOf(await ann.say(id, 'what do they want')).trim()).toBe('Lime ones.');
  const first = lastAsked();
  const asked = model.getRequests().length;
  expect(textOf(await ann.say(id, 'and when')).trim()).toBe('Soon.');

  expect(first).toContain('(What was said before, in short: Ten letters ask for lime sleeves.)');
  expect(first).not.toContain('Letter 1 about');
  expect(first).toContain('Letter 10 about');
  expect(lastAsked()).toContain('in short: Ten letters ask for lime sleeves.');
  expect(model.getRequests().length - asked).toBe(1); // nothing is put in short again
  const kept = await ann.kept(id);
  expect(kept.filter(({ author }) => author === 'agent').map(({ text }) => text)).toEqual(['Lime ones.', 'Soon.']);
});

test('whoever comes back while an answer is written hears it from its beginning; later there is none to hear', async () => {
  const content = 'One two three four five six seven eight nine ten. '.repeat(10);
  model.on({ userMessage: 'count slowly' }, { content }, { chunkSize: 5, latency: 20 });
  const ann = await house.talker('editor');
  const id = await ann.start();
  const hear = async () => {
    const response = await ann.fetch(`/chat/conversations/${id}/answer`);
    const heard: UiEvent[] = [];
    if (response.body) for await (const event of readEvents(response.body)) heard.push(event);
    return { status: response.status, text: textOf(heard).trim() };
  };
  let late: ReturnType<typeof hear> | undefined;

  const first = await ann.say(id, 'count slowly', ({ type }) => {
    if (type === 'text-delta') late ??= hear();
  });

  expect(textOf(first).trim()).toBe(content.trim());
  expect(await late).toEqual({ status: 200, text: content.trim() });
  expect(await hear()).toEqual({ status: 204, text: '' });
  const stranger = await house.talker('editor');
  expect((await stranger.fetch(`/chat/conversations/${id}/answer`)).status).toBe(404);
});

test('conversations belong to their person; an admin may read them, and nobody writes in them', async () => {
  const [ann, bob, eve] = [await house.talker('viewer'), await house.talker('viewer'), await house.talker('admin')];
  const id = await ann.start();
  await ann.say(id, '/help');

  expect(await bob.get(`/chat/conversations/${id}`)).toMatchObject({ code: 'workforce.unknown_conversation' });
  expect(await eve.get(`/chat/conversations/${id}`)).toMatchObject({ conversation: { conversationId: id } });
  await expect(eve.say(id, 'hello')).rejects.toMatchObject({ code: 'workforce.unknown_conversation' });
  expect(await bob.get('/chat/conversations')).toEqual({ items: [] });
});

test('a stranger is asked to sign in, and a page of another site changes nothing', async () => {
  const ann = await house.talker('viewer');
  const post = { method: 'POST', body: '{}' };

  expect((await fetch(`${house.server.url}/chat/conversations`, post)).status).toBe(401);
  const foreign = await ann.fetch('/chat/conversations', { ...post, headers: { origin: 'https://elsewhere.example' } });
  expect(await foreign.json()).toMatchObject({ code: 'core.cross_site' });
  expect((await ann.fetch('/chat/conversations', { ...post, body: '{' })).status).toBe(422);
});

test('what goes with a message is refused where it cannot be, and nothing of it is kept', async () => {
  const ann = await house.talker('editor');
  const id = await ann.start();
  const upload = async (name: string, text: string) => {
    const where = `/chat/files?${new URLSearchParams({ name, text })}`;
    const response = await ann.fetch(where, { method: 'POST', body: 'bytes', headers: { 'content-type': 'text/plain' } });
    return { status: response.status, file: (await response.json()) as { name: string; id: string; code?: string } };
  };
  const post = async (body: object) => {
    const response = await ann.fetch(`/chat/conversations/${id}/messages`, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, text: await response.text() };
  };

  // nothing in this house takes a file
  expect(await upload('a.txt', '')).toMatchObject({ status: 403, file: { code: 'chat.files_not_taken' } });
  for (const body of [{ text: 7 }, { text: 'x', files: [{ name: 'a', id: 'not an upload' }] }, { text: 'x', more: 1 }])
    expect(await post(body)).toMatchObject({ status: 422, text: expect.stringContaining('core.invalid_input') });
  expect(await post({ text: 'x', replaces: crypto.randomUUID() })).toMatchObject({
    status: 404,
    text: expect.stringContaining('workforce.unknown_message'),
  });
  expect(await ann.kept(id)).toEqual([]);
});
