// An answer of an agent whose house is killed while it speaks: by real processes, a real model's wire and a real record.
import { SCRIPTED_PRICE, scriptedModel } from '@troupe-os/agents/testing';
import { expect, test, vi } from 'vitest';
import { readEvents } from '../bots/src/terminal/events.ts';
import { callRest, newPlace, startServer } from './servers.ts';

interface Kept {
  readonly messages: readonly { author: string; status: string; text: string; tool?: { action: string; callId: string } }[];
}

test('an answer goes on after its house was killed, and no tool is used twice', { timeout: 300_000 }, async () => {
  const { model, env } = await scriptedModel();
  const content = 'The sleeve is drawn, and so on. '.repeat(30).trim();
  const start = (title: string) => ({ name: 'workforce_start_conversation', arguments: JSON.stringify({ title }) });
  model.on({ userMessage: 'Start two conversations', hasToolResult: false }, { toolCalls: [start('Sleeve'), start('Label')] });
  model.on({ userMessage: 'Start two conversations', hasToolResult: true }, { content }, { chunkSize: 8, latency: 40 });
  const place = await newPlace({ env: { TROUPE_MODEL: env.TROUPE_MODEL ?? '', TROUPE_MODEL_URL: env.TROUPE_MODEL_URL ?? '' } });
  const first = await startServer(place);
  const act = async (server: typeof first, action: string, input: object) =>
    (await callRest(server, server.token, action, input)).body;
  await act(first, 'workforce.set-model-price', SCRIPTED_PRICE);
  const { conversationId } = await act(first, 'workforce.start-conversation', {});

  const { body } = await fetch(`${first.url}/chat/conversations/${conversationId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${first.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'Start two conversations' }),
  });
  if (!body) throw new Error('An answer is a stream.');
  const used: string[] = [];
  await expect(
    (async () => {
      for await (const event of readEvents(body)) {
        if (event.type === 'data-call') used.push(event.data.callId ?? '');
        if (event.type === 'text-delta') await first.kill9();
      }
    })(),
  ).rejects.toThrow();
  const second = await startServer(place);

  const kept = await vi.waitUntil(
    async () => {
      const { messages } = (await act(second, 'workforce.get-conversation', { conversationId })) as unknown as Kept;
      return messages.some(({ author, status }) => author === 'agent' && status !== 'streaming') && messages;
    },
    { timeout: 120_000, interval: 200 },
  );
  expect(kept).toMatchObject([
    { author: 'person', text: 'Start two conversations' },
    { author: 'agent', status: 'done', text: content },
    { author: 'tool', tool: { action: 'workforce.start-conversation', callId: used[0] } },
    { author: 'tool', tool: { action: 'workforce.start-conversation', callId: used[1] } },
  ]);
  const { items } = (await act(second, 'workforce.list-conversations', {})) as { items: { title: string }[] };
  expect(items.map(({ title }) => title).sort()).toEqual(['Label', 'Sleeve', 'Start two conversations']);
  const { items: record } = (await act(second, 'governance.search-audit', { limit: 100 })) as {
    items: { action: string; outcome: string }[];
  };
  const outcomes = record.filter(({ action }) => action === 'workforce.start-conversation').map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['succeeded', 'succeeded', 'succeeded']); // the person's own, and one of each tool
  expect(await second.stop()).toMatchObject({ code: 0 });
});
