// An MCP client that is given nothing but the address, and a person in a browser without scripts: over real HTTP, with both SDKs.

import { serveTestKernel, type TestServer } from '@troupe-os/core/testing';
import { mcp } from '@troupe-os/mcp-servers';
import { web } from '@troupe-os/web';
import { beforeAll, describe, expect, test } from 'vitest';
import { createBrowser } from '../mcp-servers/src/testing/browser.ts';
import { CONNECTORS } from '../mcp-servers/src/testing/oauth-clients.ts';
import { answerApp, type Person } from '../mcp-servers/src/testing/sign-in.ts';
import { type House, startHouse } from '../plugins/identity/testing/house.ts';
import installation from '../troupe.config.ts';

let house: House;
let server: TestServer;
const plugins = installation.plugins.filter(({ id }) => id !== 'identity');

beforeAll(async () => {
  house = await startHouse(plugins);
  server = await serveTestKernel(house, [mcp(), web()]);
}, 120_000);

const PASSWORD = 'a night on the pier';
async function person(...roles: ('owner' | 'admin' | 'editor' | 'viewer')[]): Promise<Person & { personId: string }> {
  const { personId, email, caller } = await house.person(roles);
  await house.call(caller, 'identity.set-password', { password: PASSWORD });
  return { personId, email, password: PASSWORD };
}

describe.each(CONNECTORS)('$name', ({ connect }) => {
  test('is told by a 401 where to sign in, and gets exactly the tools that its person may use and has allowed', async () => {
    const viewer = await person('viewer');
    const browser = createBrowser(server.url);
    const client = await connect(`${server.url}/mcp/ledger`, (url) => answerApp(browser, url, viewer));
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(['ledger_list_units']);
    await client.close();
  });
});
