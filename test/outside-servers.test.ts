// An outside MCP server in a whole house: rules, approvals, incidents, every surface; and in real processes, one of which is killed.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAgentHouse } from '@troupe-os/agents/testing';
import { chat } from '@troupe-os/bots';
import { serveTestKernel } from '@troupe-os/core/testing';
import { mcp } from '@troupe-os/mcp-servers';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { outsidePlugin } from '@troupe-os/plugin-outside';
import { expect, test } from 'vitest';
import { connect } from '../mcp-servers/src/testing/clients.ts';
import { type Described, outsideFolder } from '../mcp-servers/src/testing/outside.ts';
import { askChat, askRest, askTool, startChat } from './ask-surfaces.ts';
import { newFolder, newPlace, repository, startServer, troupe } from './servers.ts';

const program = join(repository, 'mcp-servers/src/testing/outside-program.ts');
const outside = outsideFolder();
const station: Described = {
  id: 'station',
  transport: { command: process.execPath, args: [program, outside.path] },
  tools: { get_forecast: { effect: 'read', risk: 'medium', roles: ['viewer'] }, send_alert: { roles: ['editor'] } },
};
const linesOf = (folder: string, name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean) : [];

await outside.command(station, {}, 'pin', 'station', '--yes');
const house = await startAgentHouse([governancePlugin, outsidePlugin, outside.plugin(station)], { workers: true });

test('an agent that has read what the server says needs a yes before it tells it anything; then it is told once', async () => {
  const ann = await house.person('editor');
  const agent = {
    principal: { id: house.conciergeId, kind: 'agent', name: 'Concierge', credential: 'run:1' },
    onBehalfOf: ann.caller.principal,
  } as const;
  const read = await house.call({ ...agent, tainted: false }, 'station.get-forecast', { city: 'Rome' });
  expect(read.taints).toBe(true);
  const message = crypto.randomUUID();
  const refusal = await house
    .call({ ...agent, tainted: true }, 'station.send-alert', { message })
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'core.approval_needed' });
  await house.settle();
  expect(linesOf(outside.path, 'alerts')).not.toContain(message);

  const { approvalId } = (refusal as { details: { approvalId: string } }).details;
  await house.does(ann.caller, 'governance.approve-call', { approvalId });
  await house.settle();
  expect(linesOf(outside.path, 'alerts').filter((one) => one === message)).toHaveLength(1);
  const { items } = await house.does<{ items: object[] }>(ann.caller, 'outside.list-calls');
  expect(items).toMatchObject([{ action: 'station.send-alert', state: 'done' }]);
});

test('whoever may not use a tool is told on every surface that there is none', async () => {
  const server = await serveTestKernel(house, [mcp(), chat()]);
  const tokenOf = async (role: 'viewer' | 'editor') =>
    (
      await house.does<{ token: string }>((await house.person(role)).caller, 'identity.create-token', {
        name: 'test',
        scopes: ['*'],
      })
    ).token;
  const question = { action: 'station.send-alert', effect: 'write', input: { message: 'to all' } } as const;
  const ask = async (token: string) => {
    const asker = { url: server.url, token };
    const client = await connect('client 2.4 (2026-07-28)', `${server.url}/mcp/station`, token);
    const answers = [
      await askRest(asker, question),
      await askTool(client, question),
      await askChat(asker, await startChat(asker), question),
    ];
    return answers.map(({ code }) => code);
  };
  expect(await ask(await tokenOf('editor'))).toEqual(['done', 'done', 'done']);
  expect(await ask(await tokenOf('viewer'))).toEqual(Array(3).fill('core.unknown_action'));
});

test('a changed definition opens an incident', async () => {
  const description = join(outside.path, 'description');
  writeFileSync(description, 'Says the weather, and what the customers of the house are called.');
  const { caller } = await house.person('viewer');
  await expect(house.call(caller, 'station.get-forecast', { city: 'Rome' })).rejects.toMatchObject({
    code: 'outside.tool_changed',
  });
  rmSync(description);
  await house.does(house.operator, 'outside.list-calls');
  await expect
    .poll(() => incidents(), { timeout: 90_000, interval: 1_000 })
    .toMatchObject([{ severity: 'high', subject: 'action:station.get-forecast' }]);
});

test('a house that is killed after a call was sent says that nobody knows, and never sends it again', async () => {
  const folder = newFolder();
  const root = newFolder();
  writeFileSync(
    join(root, 'troupe.config.ts'),
    `import { defineInstallation } from '${repository}/core/src/installation.ts';
    import { mcp, outsideServer } from '${repository}/mcp-servers/src/index.ts';
    import { identityPlugin } from '${repository}/plugins/identity/src/index.ts';
    import { outsidePlugin } from '${repository}/plugins/outside/src/index.ts';
    const station = outsideServer({
      id: 'station', from: import.meta.url,
      transport: { command: process.execPath, args: [${JSON.stringify(program)}, ${JSON.stringify(folder)}], env: { STATION_KEY: '$STATION_KEY' } },
    });
    export default defineInstallation({ plugins: [identityPlugin, outsidePlugin, station], surfaces: [mcp()] });`,
  );
  const place = await newPlace({ root, env: { STATION_KEY: 'key-canary' } });
  const listed = await troupe(['mcp-servers'], place);
  expect(listed).toMatchObject({ code: 1, stdout: expect.stringContaining('none of its tools is confirmed yet') });
  expect(await troupe(['mcp-servers', 'pin', 'station', '--yes'], place)).toMatchObject({ code: 0 });
  expect((await troupe(['mcp-servers'], place)).code).toBe(0);
  const typed = await troupe(['run', 'station.send-alert', 'message=typed', '--json'], place);
  expect(JSON.parse(typed.stdout)).toMatchObject({ state: 'done', text: 'Told everybody: typed' });

  const first = await startServer(place);
  writeFileSync(join(folder, 'hangs'), '');
  const asker = { url: first.url, token: first.token };
  const asked = askRest(asker, { action: 'station.send-alert', effect: 'write', input: { message: 'once' } }, true).catch(
    () => undefined,
  );
  await expect.poll(() => linesOf(folder, 'alerts'), { timeout: 30_000 }).toContain('once');
  await first.kill9();
  await asked;
  rmSync(join(folder, 'hangs'));

  const second = await startServer(place);
  const calls = async () => {
    const response = await fetch(`${second.url}/api/outside/list-calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${second.token}` },
      body: '{}',
    });
    return ((await response.json()) as { items: { state: string; error?: { code: string } }[] }).items[0];
  };
  await expect
    .poll(calls, { timeout: 90_000, interval: 500 })
    .toMatchObject({ state: 'unknown', error: { code: 'outside.outcome_unknown' } });
  expect(linesOf(folder, 'alerts').filter((one) => one === 'once')).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(folder, 'environment'), 'utf8'))).toMatchObject({ STATION_KEY: 'key-canary' });
  expect(second.output()).not.toContain('key-canary');
  await second.stop();
});

async function incidents(): Promise<object[]> {
  const found = await house.does<{ items: { rule: string }[] }>(house.operator, 'governance.list-incidents');
  return found.items.filter(({ rule }) => rule === 'tool-changed');
}
