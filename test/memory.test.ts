// What is remembered over chat, by a real process and a real model's wire: told on Monday, known on Tuesday after the house was started again.
import { SCRIPTED_PRICE, scriptedModel } from '@troupe-os/agents/testing';
import { expect, test } from 'vitest';
import { callRest, newPlace, startServer } from './servers.ts';

type Server = Awaited<ReturnType<typeof startServer>>;

test('a fact is known in another conversation after the house was started again, until it is deleted', {
  timeout: 300_000,
}, async () => {
  const { model, env } = await scriptedModel();
  const place = await newPlace({ env: { TROUPE_MODEL: env.TROUPE_MODEL ?? '', TROUPE_MODEL_URL: env.TROUPE_MODEL_URL ?? '' } });
  const act = async (server: Server, action: string, input: object) => (await callRest(server, server.token, action, input)).body;
  const say = async (server: Server, text: string) => {
    const { conversationId } = await act(server, 'workforce.start-conversation', {});
    const { body } = await fetch(`${server.url}/chat/conversations/${conversationId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
    await new Response(body).text();
    return JSON.stringify(model.getLastRequest()?.body ?? {});
  };
  const fact = 'The gallery in Porto opens its spring show on the ninth of March';
  model.on({ userMessage: 'When does the show in Porto open' }, { content: 'On the ninth of March.' });

  const monday = await startServer(place);
  await act(monday, 'workforce.set-model-price', SCRIPTED_PRICE);
  await say(monday, `/workforce save-memory text="${fact}" scope=company`);
  expect(await monday.stop()).toMatchObject({ code: 0 });

  const tuesday = await startServer(place);
  expect(await say(tuesday, 'When does the show in Porto open its doors?')).toContain(fact);
  const { items } = (await act(tuesday, 'workforce.list-memories', {})) as { items: { memoryId: string; text: string }[] };
  expect(items).toMatchObject([{ text: fact, scope: 'company' }]);
  await act(tuesday, 'workforce.delete-memory', { memoryId: items[0]?.memoryId });
  expect(await say(tuesday, 'When does the show in Porto open, please?')).not.toContain(fact);
  expect(await tuesday.stop()).toMatchObject({ code: 0 });
});
