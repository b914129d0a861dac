import { atEnd } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import { channelSuite, type SeenMessage } from '../../testing/channel-suite.ts';
import { CHANNEL, type Shown, startDiscord, TOKEN } from '../../testing/discord.ts';

const discord = await startDiscord();
atEnd(() => discord.close());

const seen = (message: Shown, by: string): SeenMessage => ({
  text: message.text.replaceAll(/\*\*|`|^_|_$|^- /gm, '').replaceAll(/_Stopped\._/g, 'Stopped.'),
  buttons: message.buttons.map(({ label }) => label),
  file: message.file,
  press: (label) => discord.user(by).presses(message, label),
});
const isFor = (id: string) => (message: Shown) => message.only === undefined || message.only === id;

const { linked } = await channelSuite({
  channel: 'discord',
  connected: discord.connected,
  env: { TROUPE_DISCORD_TOKEN: TOKEN, TROUPE_DISCORD_API: discord.apiRoot },
  user(name) {
    const user = discord.user(name);
    return {
      label: `@${name.toLowerCase()}`,
      place: `dm:${user.id}`,
      says: (text) => user.says(text),
      does: (word, text) => user.runs(word, text === undefined ? {} : { code: text }),
      sends: ({ caption = '', ...file }) => user.says(caption, { file }),
      saysInGroup: (text) => user.says(`<@1000> ${text}`, { channelId: CHANNEL }),
      sees: async (fits) => seen(await discord.until(user.dm, (message) => fits(seen(message, name))), name),
      seen: () =>
        discord
          .shown(user.dm)
          .filter(isFor(user.id))
          .map((message) => seen(message, name)),
    };
  },
  groupSees: async (fits) =>
    seen(await discord.until(CHANNEL, (message) => message.only === undefined && fits(seen(message, ''))), ''),
  seenInGroup: () =>
    discord
      .shown(CHANNEL)
      .filter(({ only }) => only === undefined)
      .map((message) => seen(message, '')),
  pressAnswers: () =>
    [...['One', 'Two', 'Pressing'].flatMap((name) => discord.shown(discord.user(name).dm))].map(({ text }) => text),
});

test('a command of Discord is completed from what its person may do, and answered so that nobody else sees it', async () => {
  await linked('Completing', 'viewer');
  const user = discord.user('Completing');
  const choices = await user.completes('workforce list-a');
  expect(choices).toEqual([{ name: expect.stringContaining('workforce list-agents'), value: 'workforce list-agents ' }]);
  expect(await user.completes('ledger open')).toEqual([]);
  user.runs('run', { command: 'workforce list-agents limit=1' }, CHANNEL);
  const answer = await discord.until(CHANNEL, ({ text }) => text.includes('Concierge'));
  expect(answer.only).toBe(user.id);
});

test('a line that is cut is taken up again; what was said meanwhile is heard, once', async () => {
  await linked('Cut', 'viewer');
  const user = discord.user('Cut');
  discord.cut();
  user.says('/workforce list-agents limit=1');
  await discord.until(user.dm, ({ text }) => text.includes('Concierge'));
  expect(discord.connections).toEqual({ identified: 1, resumed: 1 });
  expect(discord.shown(user.dm).filter(({ text }) => text.includes('Concierge'))).toHaveLength(1);
});

test('whom the bot cannot write to is told so where they asked; a limit of Discord is waited for', async () => {
  await linked('Closed', 'viewer');
  const user = discord.user('Closed');
  discord.refuse(/^POST \/channels\/\d+\/messages$/, 1, {
    status: 403,
    body: { code: 50_007, message: 'Cannot send messages to this user' },
  });
  user.says('<@1000> /workforce list-agents', { channelId: CHANNEL });
  await discord.until(CHANNEL, ({ text }) => text.startsWith('This is for your eyes only.'));
  discord.refuse(/^POST \/channels\/\d+\/messages$/, 1, {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: 0.3, global: false },
  });
  user.says('/workforce list-agents limit=1');
  await discord.until(user.dm, ({ text }) => text.includes('Concierge'));
});
