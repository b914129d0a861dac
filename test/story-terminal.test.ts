// A day at work in the terminal: files are sent, an agent brings them in and describes them, and what waits for a yes is told there, answered where
// somebody is signed in, and told again when it is done.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { scriptedModel } from '@troupe-os/agents/testing';
import type { Door } from '@troupe-os/core/surface';
import { atEnd } from '@troupe-os/core/testing';
import { assetsPlugin } from '@troupe-os/plugin-assets';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { marketplacePlugin } from '@troupe-os/plugin-marketplace';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { talk } from '../bots/src/terminal/talk.ts';
import { startDiscord, TOKEN } from '../bots/testing/discord.ts';
import { startChatHouse } from '../bots/testing/house.ts';
import { nightDrive, playScore } from '../plugins/assets/src/rehearsal/songs.ts';
import { encodeWav } from '../plugins/assets/src/rehearsal/wav.ts';
import { paint } from './furnished-house.ts';
import { newFolder } from './servers.ts';
import { ORDERS, tellStory } from './story-model.ts';

const WAIT_MS = 60_000;

/** A terminal in which somebody types. */
function openTerminal(door: Door, conversationId: string) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let [said, from] = ['', 0];
  const watchers = new Set<() => void>();
  output.on('data', (piece: Buffer) => {
    said += piece.toString();
    for (const watcher of watchers) watcher();
  });
  const ended = talk(door, conversationId, { input, output });
  return {
    ended,
    types: (line: string) => input.write(`${line}\n`),
    /** Resolves when what was said since the last time fits. */
    until: (how: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const clock = setTimeout(() => reject(new Error(`nothing like ${how} in: ${said.slice(from)}`)), WAIT_MS);
        const look = () => {
          const found = how.exec(said.slice(from));
          if (!found) return;
          clearTimeout(clock);
          watchers.delete(look);
          const text = said.slice(from);
          from += found.index + found[0].length;
          resolve(text);
        };
        watchers.add(look);
        look();
      }),
  };
}

test('what is sent in the terminal is brought in, described, shown and sold by an agent, with a yes elsewhere', async () => {
  const { model, env } = await scriptedModel();
  tellStory(model, { picture: /^koi/i });
  const discord = await startDiscord();
  atEnd(() => discord.close());
  const channels = { TROUPE_DISCORD_TOKEN: TOKEN, TROUPE_DISCORD_API: discord.apiRoot };
  const house = await startChatHouse({ ...env, ...channels }, [assetsPlugin, marketplacePlugin, governancePlugin], {
    workers: true,
  });
  await discord.connected;
  await house.does(house.operator, 'governance.set-rule', {
    ...{ name: 'sales-are-seen', target: 'marketplace.create-listing', outcome: 'ask' },
    policy: 'forbid (principal, action, resource) when { principal.kind == "agent" };',
  });
  const bob = discord.user('Bob');
  const { code } = await house.does<{ code: string }>((await house.person('admin')).caller, 'identity.begin-account-link', {
    channel: 'discord',
  });
  bob.runs('link', { code });
  bob.presses(await discord.until(bob.dm, ({ buttons }) => buttons.length === 2), 'Yes');
  await discord.until(bob.dm, ({ text }) => text.startsWith('Hello'));
  const ann = await house.person('editor');
  const { token } = await house.does<{ token: string }>(ann.caller, 'identity.create-token', { name: 'terminal', scopes: ['*'] });
  const { url } = house.server;
  const door: Door = {
    ...{ url, token },
    fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(`${url}${path}`, { ...init, headers });
    },
  };
  const begun = await door.fetch('/chat/conversations', { method: 'POST', body: '{}' });
  const { conversationId } = (await begun.json()) as { conversationId: string };
  const folder = newFolder();
  await writeFile(join(folder, 'koi.png'), await paint(1));
  await writeFile(join(folder, 'tape.wav'), encodeWav(playScore(nightDrive)));
  const terminal = openTerminal(door, conversationId);

  terminal.types(`/file ${join(folder, 'no-such-file.png')}`);
  await terminal.until(/cannot be read/);
  terminal.types(`/file ${join(folder, 'koi.png')}`);
  await terminal.until(/koi\.png goes with/);
  terminal.types(`/file ${join(folder, 'tape.wav')}`);
  await terminal.until(/tape\.wav goes with/);
  terminal.types('Bring them in.');
  await terminal.until(/on their way in\./);
  expect(await house.kernel.settle()).toBe(true);

  terminal.types('Describe the picture and show it.');
  await terminal.until(/I need your yes\./);
  await terminal.until(/Your yes is asked for|This waits for a yes: assets\.publish/);
  const page = /approvals\/([0-9a-f-]{36})/.exec(await terminal.until(/\/console\/approvals\/[0-9a-f-]{36}/))?.[1];
  // by the token, which is a program, nobody says yes
  terminal.types(`/governance approve-call approvalId=${page}`);
  await terminal.until(/core\.scope_needed/);
  const approval = await house.does<{ trace: string }>(ann.caller, 'governance.get-approval', { approvalId: page });
  await house.kernel.execute({
    ...{ action: 'governance.approve-call', input: { approvalId: page }, caller: ann.caller, surface: 'rest' },
    ...{ requestId: crypto.randomUUID(), idempotencyKey: crypto.randomUUID(), trace: approval.trace },
  });
  await terminal.until(/assets\.publish: Approved, and done\./);

  terminal.types('Sell it for 42 euros.');
  await terminal.until(/Somebody else must say yes/);
  const card = await discord.until(bob.dm, ({ buttons }) => buttons.some(({ label }) => label === 'Approve'));
  bob.presses(card, 'Approve');
  await terminal.until(/marketplace\.create-listing: Approved, and done\./);
  await discord.until(bob.dm, (message) => message.id === card.id && message.buttons.length === 0);
  const { items } = await house.does<{ items: object[] }>(house.guest, 'marketplace.list-listings', {});
  expect(items).toMatchObject([{ title: 'Night drive', price: '4200' }]);

  model.on({ userMessage: /^What is it called/ }, { content: 'It is called Night drive.' });
  model.on({ userMessage: /^And in German/ }, { content: 'Nachtfahrt.' });
  terminal.types('What is it called?');
  await terminal.until(/It is called Night drive\./);
  terminal.types('/again And in German?');
  await terminal.until(/Nachtfahrt\./);
  terminal.types('/quit');
  expect(await terminal.ended).toBe(0);
  const read = await door.fetch(`/chat/conversations/${conversationId}?limit=2`);
  const { messages } = (await read.json()) as { messages: { text: string }[] };
  expect(messages.map(({ text }) => text)).toEqual(['And in German?', 'Nachtfahrt.']);

  for (const [order, actions] of ORDERS) {
    const rows = await house.database.rows<{ action: string }>(
      sql`select action from core.audit_entries where effect = 'write' and outcome in ('succeeded', 'parked')
        and trace_id = (select trace_id from core.audit_entries e join core.audit_bodies b on b.call_id = e.call_id
          where e.action = 'workforce.add-message' and b.body like ${`%${order}%`} limit 1) order by id`,
    );
    expect(rows[0]?.action).toBe('workforce.add-message');
    expect(rows.map(({ action }) => action).filter((one) => (actions as readonly string[]).includes(one))).toEqual(actions);
  }
});
