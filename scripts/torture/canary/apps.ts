// Apps and agents: a person lets one in over OAuth and the pages, it works over MCP, and a model works in the chat.
import { createBrowser } from '../../../mcp-servers/src/testing/browser.ts';
import { startFlow } from '../../../mcp-servers/src/testing/oauth-flow.ts';
import { sayIn } from '../../../test/ask-agent.ts';
import { type Asker, headersOf, startChat } from '../../../test/ask-surfaces.ts';
import type { RunningServer } from '../../../test/servers.ts';
import { connectOver } from '../../../test/tour-ways.ts';
import type { Asking } from './asking.ts';
import type { World } from './house.ts';
import type { Somebody } from './people.ts';

/** The whole flow, and each of its secrets where it does not belong. Answers an access token. */
export async function letAppIn({ url }: RunningServer, { secrets: { plant } }: World, ann: Somebody): Promise<string> {
  const browser = createBrowser(url);
  const flow = startFlow(url, browser);
  plant('code verifier', flow.verifier);
  const clientId = await flow.register();
  const state = plant('state of an app');
  const code = plant('authorization code', (await flow.authorize(clientId, ann, { state })).get('code') ?? '');
  for (const { name, value } of browser.cookies()) if (name.endsWith('troupe_session')) plant('session of a page', value);
  await flow.exchange(clientId, code, {
    code_verifier: plant('wrong code verifier', 'W'.repeat(8) + crypto.randomUUID() + crypto.randomUUID()),
  });
  const second = plant('authorization code', (await flow.authorize(clientId, ann, { state })).get('code') ?? '');
  const { body } = await flow.exchange(clientId, second);
  const refresh = plant('refresh token', String(body.refresh_token));
  plant('access token of an app', String(body.access_token));
  const { body: renewed } = await flow.refresh(clientId, refresh);
  plant('refresh token', String(renewed.refresh_token));
  const access = plant('access token of an app', String(renewed.access_token));
  await flow.refresh(clientId, plant('wrong refresh token'));
  await flow.exchange(clientId, plant('wrong authorization code'));
  await flow.mcp('/mcp', access);
  await flow.mcp('/mcp', plant('wrong access token'));
  return access;
}

/** Over MCP in both eras; asked too for what takes and shows secrets. */
export async function workOverMcp(server: RunningServer, { secrets: { plant, mark } }: World, token: string): Promise<void> {
  for (const era of ['old', 'young'] as const) {
    const client = await connectOver(server, era, token);
    const call = (name: string, args: object) => client.callTool({ name, arguments: { ...args } }).catch(() => undefined);
    await client.listTools();
    await call('identity_get_me', {});
    await call('assets_search', { q: mark });
    await call('identity_set_password', { password: plant('password told to a tool') });
    await call('run_action', {
      action: 'identity.sign-in',
      input: { email: 'x@people.test', password: plant('password told to a tool') },
    });
    await client.close();
  }
}

/** A person and an agent: told of a secret by a command, and asked to make one. */
export async function talk(
  server: RunningServer,
  asking: Asking,
  { secrets: { plant, mark }, model }: World,
  ann: { token: string },
) {
  model.on({ userMessage: /^Tell me/, hasToolResult: false }, { content: `So much about ${mark}.` });
  model.on(
    { userMessage: /^Make a token/, hasToolResult: false },
    {
      toolCalls: [
        { name: 'run_action', arguments: JSON.stringify({ action: 'identity.create-token', input: { name: 'x' } }) },
        { name: 'identity_create_token', arguments: '{"name":"x"}' },
        { name: 'run_action', arguments: JSON.stringify({ action: 'identity.get-me', input: {} }) },
      ],
    },
  );
  model.on({ userMessage: /^Make a token/, hasToolResult: true }, { content: 'It was not done.' });
  const { items } = (await asking.does(ann, 'workforce.list-agents')) as unknown as { items: { agentId: string }[] };
  const asker = { url: server.url, token: ann.token };
  const conversation = await startChat(asker, items[0]?.agentId);
  const told = await sayIn(asker, conversation, `Tell me about ${mark}.`);
  if (!told.said.includes(mark)) throw new Error(`The model was not heard: ${told.failure ?? told.said}`);
  await sayIn(asker, conversation, 'Make a token, please.');
  await sayIn(asker, conversation, `/identity set-password password=${plant('password typed in a command')}`);
  await sayIn(asker, conversation, `/identity set-password password="${plant('password typed in a command')} and more`);
  await sayIn(asker, conversation, `/identity set-password ${plant('password typed in a command')}`);
  await sayIn(asker, conversation, `/identity set-pasword password=${plant('password typed in a wrong command')}`);
  plant('token of a command', await shownBy(asker, conversation, '/identity create-token name=typed'));
  await asking.get(`/chat/conversations/${conversation}`, ann);
  return conversation;
}

/** The token that a command shows. */
async function shownBy(asker: Asker, conversation: string, text: string): Promise<string> {
  const response = await fetch(`${asker.url}/chat/conversations/${conversation}/messages`, {
    method: 'POST',
    headers: headersOf(asker),
    body: JSON.stringify({ text }),
  });
  return /trp_[\w-]{20,}/.exec(await response.text())?.[0] ?? '';
}
