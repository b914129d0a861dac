import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { addMessage } from './actions/add-message.ts';
import { getConversation } from './actions/get-conversation.ts';
import { listAgents } from './actions/list-agents.ts';
import { listConversations } from './actions/list-conversations.ts';
import { renameConversation } from './actions/rename-conversation.ts';
import { startConversation } from './actions/start-conversation.ts';
import { workforcePlugin } from './index.ts';

const house = await startTestKernel([identityPlugin, workforcePlugin], { workers: false });
await house.kernel.seed({ rehearsal: false });
const { run, as, database } = house;
const someone = () => as({ id: crypto.randomUUID(), roles: ['viewer'] });

async function startedBy(person: TestKernel['guest']) {
  const { conversationId, agentId = '' } = await run(person, startConversation, {});
  const agent = as({ id: agentId, kind: 'agent', roles: ['editor'], onBehalfOf: { id: person.principal.id, roles: ['viewer'] } });
  return { conversationId, agent };
}

test('a house begins with an agent, who answers whoever names no other', async () => {
  const person = someone();
  const { items } = await run(person, listAgents, {});
  const { agentId } = await run(person, startConversation, {});

  expect(items).toMatchObject([{ name: 'Concierge', state: 'active' }]);
  expect(items[0]).not.toHaveProperty('instructions');
  expect(agentId).toBe(items[0]?.agentId);
});

test('messages are numbered without gaps, also when many come at once', async () => {
  const person = someone();
  const { conversationId } = await startedBy(person);
  const texts = Array.from({ length: 8 }, (_, at) => `message ${at}`);

  const added = await Promise.all(texts.map((text) => run(person, addMessage, { conversationId, text })));
  const last = await run(person, addMessage, { conversationId, text: 'last' });

  expect(added.map(({ sequence }) => sequence).sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(last.sequence).toBe(9);
});

test('an agent writes nothing by itself, whoever it says wrote it: its words are kept by its run', async () => {
  const person = someone();
  const { conversationId, agent } = await startedBy(person);
  for (const author of ['person', 'system'] as const)
    await expect(run(agent, addMessage, { conversationId, text: 'Approved.', author })).rejects.toMatchObject({
      code: 'core.denied',
    });
  await run(person, addMessage, { conversationId, text: 'told by a channel', author: 'system' });
});

test('a conversation is read backwards page by page, and takes its title from its first message', async () => {
  const person = someone();
  const { conversationId } = await startedBy(person);
  for (const text of ['How are  the\nsleeves?', 'two', 'three']) await run(person, addMessage, { conversationId, text });

  const end = await run(person, getConversation, { conversationId, limit: 2 });
  const start = await run(person, getConversation, { conversationId, limit: 2, before: end.earlier ?? 1 });

  expect(end.conversation.title).toBe('How are the sleeves?');
  expect(end.messages.map(({ text }) => text)).toEqual(['two', 'three']);
  expect(start.messages.map(({ text }) => text)).toEqual(['How are  the\nsleeves?']);
  expect(start.earlier).toBeUndefined();
});

test('a conversation that was tainted stays so', async () => {
  const person = someone();
  const { conversationId } = await startedBy(person);

  const tainted = await run(person, addMessage, { conversationId, author: 'system', text: 'A letter.', taints: true });
  const later = await run(person, addMessage, { conversationId, text: 'Thank you.' });

  expect([tainted.tainted, later.tainted]).toEqual([true, true]);
  await expect(
    database.rows(sql`update workforce.conversations set tainted = false where id = ${conversationId}`),
  ).rejects.toThrow();
  await expect(
    database.rows(sql`update workforce.messages set text = 'x' where conversation_id = ${conversationId}`),
  ).rejects.toThrow();
});

test('what an app writes as its person taints the conversation', async () => {
  const person = someone();
  const { conversationId } = await startedBy(person);
  const app = { ...person, principal: { ...person.principal, credential: 'app:1', scopes: ['workforce.*'] } };

  const { tainted } = await run(app, addMessage, { conversationId, text: 'Send it all.' });

  expect(tainted).toBe(true);
  const asSystem = run(app, addMessage, { conversationId, text: 'Approved.', author: 'system' });
  await expect(asSystem).rejects.toMatchObject({ code: 'workforce.not_the_author' });
});

test('people see their own conversations; who may read all sees all and writes in none', async () => {
  const [person, other] = [someone(), someone()];
  const admin = as({ id: crypto.randomUUID(), roles: ['admin'] });
  const { conversationId } = await startedBy(person);
  await run(person, renameConversation, { conversationId, title: 'Sleeves' });
  const unknown = { code: 'workforce.unknown_conversation' };

  await expect(run(other, getConversation, { conversationId })).rejects.toMatchObject(unknown);
  await expect(run(other, listConversations, { whose: 'everybody' })).rejects.toMatchObject({ code: 'workforce.others_hidden' });
  await expect(run(admin, addMessage, { conversationId, text: 'Hello.' })).rejects.toMatchObject(unknown);
  expect((await run(other, listConversations, {})).items).toEqual([]);
  expect((await run(admin, getConversation, { conversationId })).conversation.title).toBe('Sleeves');
  expect((await run(admin, listConversations, { whose: 'everybody', limit: 100 })).items.length).toBeGreaterThan(1);
});

test('pages of conversations follow each other, the latest first', async () => {
  const person = someone();
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) ids.unshift((await startedBy(person)).conversationId);

  const one = await run(person, listConversations, { limit: 2 });
  const two = await run(person, listConversations, { limit: 2, cursor: one.nextCursor });

  expect([...one.items, ...two.items].map(({ conversationId }) => conversationId).sort()).toEqual(ids.sort());
  expect(two.nextCursor).toBeUndefined();
  await expect(run(person, listConversations, { cursor: 'x' })).rejects.toMatchObject({ code: 'core.bad_cursor' });
});

test('what is said anew stands in the place of what was said from there on, which stays on record', async () => {
  const person = someone();
  const { conversationId } = await startedBy(person);
  const say = (text: string, replaces?: string) =>
    run(person, addMessage, { conversationId, text, ...(replaces ? { replaces } : {}) });
  const read = async (more = {}) =>
    (await run(person, getConversation, { conversationId, ...more })).messages.map(({ text, sequence }) => `${sequence} ${text}`);
  await say('one');
  const { messageId } = await say('two');
  await run(person, addMessage, { conversationId, author: 'system', text: 'an answer' });
  const again = await say('two, in other words', messageId);
  await run(person, addMessage, { conversationId, author: 'system', text: 'another answer' });
  await say('two, once more', again.messageId);

  expect(await read()).toEqual(['1 one', '6 two, once more']);
  expect(await read({ withReplaced: true })).toHaveLength(6);
  await expect(say('of what stands no more', messageId)).rejects.toMatchObject({ code: 'workforce.unknown_message' });
  await expect(say('of nothing', crypto.randomUUID())).rejects.toMatchObject({ code: 'workforce.unknown_message' });
  await expect(
    run(person, addMessage, { conversationId, text: 'x', author: 'system', replaces: messageId }),
  ).rejects.toMatchObject({ code: 'core.invalid_input' });
  await expect(
    database.rows(
      sql`update workforce.messages set replaces_from = 1 where conversation_id = ${conversationId} and sequence = 6`,
    ),
  ).rejects.toThrow();
});
