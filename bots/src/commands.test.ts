import { expect, test } from 'vitest';
import { first, startChatHouse, textOf } from '../testing/house.ts';
import { splitWords } from './line.ts';

const house = await startChatHouse();

test('words are parted by blanks, kept together by quotation marks, and JSON stays as it is', () => {
  expect(splitWords('a q="night drive" memo=\'it is\' x="say \\"hi\\""')).toEqual([
    'a',
    'q=night drive',
    'memo=it is',
    'x=say "hi"',
  ]);
  expect(splitWords('postings=[{"path": "a b", "amount": "1"}] b=1')).toEqual([
    'postings=[{"path": "a b", "amount": "1"}]',
    'b=1',
  ]);
  expect(() => splitWords('q="night')).toThrow(expect.objectContaining({ code: 'chat.unclosed' }));
});

test('a command is its action, run as the person who typed it; its answer is a view and a table in Markdown', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();

  const events = await ann.say(id, '/workforce list-agents state=active limit=5');

  expect(first(events, 'data-view')?.data).toMatchObject({
    kind: 'table',
    action: 'workforce.list-agents',
    columns: expect.arrayContaining(['name']),
  });
  expect(textOf(events)).toContain('| Concierge |');
  expect(await ann.kept(id)).toMatchObject([
    { sequence: 1, author: 'person', text: '/workforce list-agents state=active limit=5', status: 'done' },
    {
      sequence: 2,
      author: 'system',
      status: 'done',
      tool: { action: 'workforce.list-agents', input: { limit: 5 }, outcome: 'succeeded' },
    },
  ]);
});

test('a dry run says what would change, and changes nothing', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();

  const events = await ann.say(id, `/workforce rename-conversation conversationId=${id} title="Other" --dry-run`);

  expect(first(events, 'data-view')?.data).toMatchObject({
    dryRun: true,
    columns: ['table', 'operation', 'column', 'before', 'after'],
    rows: expect.arrayContaining([['workforce.conversations', 'update', 'title', expect.anything(), 'Other']]),
  });
  expect(await ann.get(`/chat/conversations/${id}`)).toMatchObject({
    conversation: { title: expect.not.stringContaining('Other') },
  });
});

test('a command fails with the code that REST gives', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();
  const cases = [
    ['/workforce get-agent', 'workforce/get-agent', {}],
    ['/workforce get-agent nonsense=1', 'workforce/get-agent', { nonsense: '1' }],
    [`/workforce get-agent agentId=${id}`, 'workforce/get-agent', { agentId: id }],
    ['/ledger post-entry key=a', 'ledger/post-entry', { key: 'a' }],
    ['/ledger fly', 'ledger/fly', {}],
    ['/workforce list-conversations whose=everybody', 'workforce/list-conversations', { whose: 'everybody' }],
  ] as const;

  for (const [command, path, body] of cases) {
    const refused = await ann.post<{ code: string }>(`/api/${path}`, body);
    expect({ command, code: first(await ann.say(id, command), 'error')?.code }).toEqual({ command, code: refused.code });
  }
});

test('a name stands for the id of what is called so, and completion offers both', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();
  const [one, other] = [await ann.start(), await ann.start()];
  for (const each of [one, other])
    await ann.post('/api/workforce/rename-conversation', { conversationId: each, title: 'Two nights' });
  await ann.post('/api/workforce/rename-conversation', { conversationId: id, title: 'The "only" one' });
  const offered = async (text: string) =>
    (await ann.get<{ items: { text: string }[] }>(`/chat/complete?text=${encodeURIComponent(text)}`)).items.map(
      (item) => item.text,
    );

  expect(textOf(await ann.say(id, '/workforce get-agent agentId=concierge'))).toContain('Concierge');
  expect(first(await ann.say(id, '/workforce get-agent agentId=Conciergge'), 'error')).toMatchObject({
    code: 'core.unknown_name',
    details: { input: 'agentId', nearest: 'Concierge' },
  });
  const both = first(await ann.say(id, '/workforce rename-conversation conversationId="two NIGHTS" title=Third'), 'error');
  expect(both?.code).toBe('core.ambiguous_name');
  expect(both?.details).toMatchObject({ candidates: [expect.anything(), expect.anything()] });
  for (const each of [one, other])
    expect(both?.details).toMatchObject({ candidates: expect.arrayContaining([{ id: each, about: 'Two nights' }]) });
  expect(await ann.get(`/chat/conversations/${one}`)).toMatchObject({ conversation: { title: 'Two nights' } });

  expect(await offered('/workforce get-agent agentId=con')).toEqual(['agentId=Concierge ']);
  expect((await offered('/workforce rename-conversation conversationId="two ni')).sort()).toEqual(
    [one, other].map((each) => `conversationId=${each} `).sort(),
  );
  const [quoted = ''] = await offered('/workforce rename-conversation title="a b" conversationId="The');
  expect(quoted).toBe('conversationId="The \\"only\\" one" ');
  expect(first(await ann.say(id, `/workforce rename-conversation ${quoted} title=Last`), 'error')).toBeUndefined();
  expect(await ann.get(`/chat/conversations/${id}`)).toMatchObject({ conversation: { title: 'Last' } });
});

test('a slip in the name of a command is told with what was perhaps meant, once', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();

  const events = await ann.say(id, '/workforce lst-agents');

  expect(first(events, 'error')).toMatchObject({
    code: 'core.unknown_action',
    details: { nearest: expect.stringContaining('/workforce list-agents') },
    kept: true,
  });
  expect(await ann.kept(id)).toMatchObject([{ author: 'person' }, { author: 'system', status: 'failed' }]);
});

test('a secret is shown once and kept nowhere', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();

  const shown = await ann.say(id, '/identity create-token name=script');
  const set = await ann.say(id, '/identity set-password password="a very long secret"');
  await ann.say(id, '/identity set-pasword password="a very long secret"');
  const bare = await ann.say(id, "/identity set-password 'a very long secret' --dry-run");
  await ann.say(id, '/identity set-pasword "a very long secret');
  const misplaced = [
    await ann.say(id, '/identity a-very-long-secret'),
    await ann.say(id, '/identity set-password --a-very-long-secret'),
    await ann.say(id, '/identity set-password a-very-long-secret=='),
    await ann.say(id, '/identity set-password present="x password=a-very-long-secret'),
    await ann.say(id, '/help identity a-very-long-secret'),
  ];

  const token = /token\*\*: (\S+)/.exec(textOf(shown))?.[1];
  const kept = JSON.stringify(await ann.kept(id));
  expect(token?.length).toBeGreaterThan(20);
  expect(kept).not.toContain(token);
  expect(kept).not.toContain('very long secret');
  expect(kept).toContain('password=[redacted]');
  expect(kept).toContain('/identity set-password [redacted] --dry-run');
  expect(JSON.stringify([bare, misplaced, kept])).not.toMatch(/very.long.secret/);
  expect(first(set, 'error')).toBeUndefined();
});

test('help lists what you may do, and completion goes on from what is typed', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();
  const complete = async (text: string) =>
    (await ann.get<{ items: { text: string }[] }>(`/chat/complete?text=${encodeURIComponent(text)}`)).items.map(
      (item) => item.text,
    );

  expect(textOf(await ann.say(id, '/help'))).toContain('list-conversations');
  expect(textOf(await ann.say(id, '/help'))).not.toContain('post-entry');
  expect(textOf(await ann.say(id, '/workforce get-agent --help'))).toContain('`agentId=`');
  expect(await complete('/work')).toEqual(['workforce ']);
  expect(await complete('/workforce list-c')).toEqual(['list-conversations ']);
  expect(await complete('/workforce list-conversations ')).toContain('whose=');
  expect(await complete('/workforce list-conversations whose=e')).toEqual(['whose=everybody ']);
  expect(await complete('/ledger post')).toEqual([]);
});

test('a sentence without a model gets the nearest commands, said to be suggestions', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();

  const events = await ann.say(id, 'please show me all our agents');

  const [nearest] = first(events, 'data-suggestions')?.data.items ?? [];
  expect(nearest).toMatchObject({ action: 'workforce.list-agents', command: '/workforce list-agents' });
  expect(textOf(events)).toContain('suggestions, and nothing was done');
});

test('a message that is sent twice with one key is one message', async () => {
  const ann = await house.talker('viewer');
  const id = await ann.start();
  const send = () =>
    ann.fetch(`/chat/conversations/${id}/messages`, {
      method: 'POST',
      body: '{"text":"/help"}',
      headers: { 'idempotency-key': 'one' },
    });

  await (await send()).text();
  const again = await send();

  expect(await again.json()).toMatchObject({ code: 'chat.handled_already' });
  expect(await ann.kept(id)).toHaveLength(2);
});
