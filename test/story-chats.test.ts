// A day at work, in chats alone: a picture and a song are sent in one of them, an agent brings them in and describes them, and what it may not do by itself waits
// for a yes: of the one who asked, and of somebody else in the other.
import { scriptedModel } from '@troupe-os/agents/testing';
import { atEnd } from '@troupe-os/core/testing';
import { assetsPlugin } from '@troupe-os/plugin-assets';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { marketplacePlugin } from '@troupe-os/plugin-marketplace';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import {
  TOKEN as DISCORD_TOKEN,
  type DiscordDouble,
  type Shown as ShownInDiscord,
  startDiscord,
} from '../bots/testing/discord.ts';
import { startChatHouse } from '../bots/testing/house.ts';
import {
  type Shown as ShownInTelegram,
  startTelegram,
  TOKEN as TELEGRAM_TOKEN,
  type TelegramDouble,
} from '../bots/testing/telegram.ts';
import { nightDrive, playScore } from '../plugins/assets/src/rehearsal/songs.ts';
import { encodeWav } from '../plugins/assets/src/rehearsal/wav.ts';
import { paint } from './furnished-house.ts';
import { ORDERS, tellStory } from './story-model.ts';

/** A message of the bot, on either platform. */
interface Seen {
  readonly ref: string | number;
  readonly text: string;
  readonly buttons: readonly string[];
}

/** Somebody in a private chat with the bot. */
interface Chatter {
  says(text: string): void;
  links(code: string): void;
  sends(file: { kind: 'photo' | 'audio'; name: string; bytes: Buffer; caption?: string }): void;
  until(fits: (message: Seen) => boolean): Promise<Seen>;
  presses(message: Seen, button: string): void;
}

function inTelegram(telegram: TelegramDouble, name: string): Chatter {
  const user = telegram.user(name);
  const seen = ({ messageId, text, buttons }: ShownInTelegram): Seen => ({
    ref: messageId,
    text,
    buttons: buttons.map((one) => one.text),
  });
  return {
    says: (text) => void user.says(text),
    links: (code) => void user.says(`/start ${code}`),
    sends: (file) => void user.sends(file),
    until: async (fits) => seen(await telegram.until(user.id, (message) => fits(seen(message)))),
    presses(message, button) {
      const found = telegram.shown(user.id).find(({ messageId }) => messageId === message.ref);
      if (found) user.presses(found, button);
    },
  };
}

function inDiscord(discord: DiscordDouble, name: string): Chatter {
  const user = discord.user(name);
  const seen = ({ id, text, buttons }: ShownInDiscord): Seen => ({ ref: id, text, buttons: buttons.map(({ label }) => label) });
  return {
    says: (text) => user.says(text),
    links: (code) => user.runs('link', { code }),
    sends: ({ name: file, bytes, caption = '' }) => user.says(caption, { file: { name: file, bytes } }),
    until: async (fits) => seen(await discord.until(user.dm, (message) => fits(seen(message)))),
    presses(message, button) {
      const found = discord.shown(user.dm).find(({ id }) => id === message.ref);
      if (found) user.presses(found, button);
    },
  };
}

/** A house with both chats, Ann in the one and Bob in the other; what `who` puts on sale waits for the yes of somebody else. */
async function openChats(env: NodeJS.ProcessEnv, annsChannel: 'telegram' | 'discord', who: 'agent' | 'user') {
  const [telegram, discord] = [await startTelegram(), await startDiscord()];
  atEnd(() => telegram.close());
  atEnd(() => discord.close());
  const channels = {
    ...{ TROUPE_TELEGRAM_TOKEN: TELEGRAM_TOKEN, TROUPE_TELEGRAM_API: telegram.apiRoot },
    ...{ TROUPE_DISCORD_TOKEN: DISCORD_TOKEN, TROUPE_DISCORD_API: discord.apiRoot },
  };
  const plugins = [assetsPlugin, marketplacePlugin, governancePlugin];
  const house = await startChatHouse({ ...env, ...channels }, plugins, { workers: true });
  await discord.connected;
  await house.does(house.operator, 'governance.set-rule', {
    ...{ name: 'sales-are-seen', target: 'marketplace.create-listing', outcome: 'ask' },
    policy: `forbid (principal, action, resource) when { principal.kind == "${who}" };`,
  });
  async function linked(role: 'editor' | 'admin', channel: 'telegram' | 'discord'): Promise<Chatter> {
    const { caller } = await house.person(role);
    const { code } = await house.does<{ code: string }>(caller, 'identity.begin-account-link', { channel });
    const chatter = channel === 'telegram' ? inTelegram(telegram, role) : inDiscord(discord, role);
    chatter.links(code);
    chatter.presses(await chatter.until(({ buttons }) => buttons.some((label) => label.startsWith('Yes'))), 'Yes');
    await chatter.until(({ text }) => text.startsWith('Hello'));
    return chatter;
  }
  const ann = await linked('editor', annsChannel);
  const bob = await linked('admin', annsChannel === 'telegram' ? 'discord' : 'telegram');
  const bytes = await sharp(await paint(1))
    .jpeg()
    .toBuffer();

  return {
    ...{ house, ann, annSees: (how: RegExp) => ann.until(({ text }) => how.test(text)) },
    picture: { kind: 'photo', name: 'koi.jpg', bytes } as const,
    song: { kind: 'audio', name: 'tape.wav', bytes: encodeWav(playScore(nightDrive)) } as const,
    /** Bob is asked for what Ann waits for, says yes by his button, and both copies say that it was done. */
    async bobApproves() {
      const card = await bob.until(({ buttons }) => buttons.includes('Approve'));
      expect(card.text).toContain('marketplace.create-listing');
      const annsCard = await ann.until(({ buttons }) => buttons.includes('Take it back'));
      bob.presses(card, 'Approve');
      const isDone = ({ text, buttons }: Seen) => buttons.length === 0 && /Approved, and done.*Ann/.test(text); // everybody here is called so
      await ann.until((message) => message.ref === annsCard.ref && isDone(message));
      await bob.until((message) => message.ref === card.ref && isDone(message));
      const { items } = await house.does<{ items: object[] }>(house.guest, 'marketplace.list-listings', {});
      expect(items).toMatchObject([{ title: 'Night drive', price: '4200' }]);
    },
  };
}

describe.each(['telegram', 'discord'] as const)('in %s', (channel) => {
  test('what is sent is brought in, described, shown and sold by an agent, with a yes in the other chat', async () => {
    const { model, env } = await scriptedModel();
    tellStory(model, { picture: /^(photo|koi)/i });
    model.on({ userMessage: /\(File "(photo|koi)/ }, { content: 'I have the picture.' });
    model.on({ userMessage: /\(File "tape/ }, { content: 'I have the song.' });
    const { house, ann, annSees, picture, song, bobApproves } = await openChats(env, channel, 'agent');

    ann.sends(picture);
    await annSees(/^I have the picture/);
    ann.sends(song);
    await annSees(/^I have the song/);
    ann.says('Bring them in.');
    await annSees(/on their way in\.$/);
    expect(await house.kernel.settle()).toBe(true);
    ann.says('Describe the picture and show it.');
    await annSees(/I need your yes\.$/);
    const publish = await ann.until(({ buttons }) => buttons.includes('Approve'));
    expect(publish.text).toContain('assets.publish');
    ann.presses(publish, 'Approve');
    await ann.until(({ ref, text }) => ref === publish.ref && /Approved, and done/.test(text));
    ann.says('Sell it for 42 euros.');
    await bobApproves();

    // each order is one chain in the record, from what was said to what was done
    for (const [order, actions] of ORDERS) {
      const rows = await house.database.rows<{ action: string }>(
        sql`select action from core.audit_entries where effect = 'write' and outcome in ('succeeded', 'parked')
        and trace_id = (select trace_id from core.audit_entries e join core.audit_bodies b on b.call_id = e.call_id
          where e.action = 'workforce.add-message' and b.body like ${`%${order}%`} limit 1) order by id`,
      );
      expect(rows.slice(0, 2).map(({ action }) => action)).toEqual(['workforce.start-conversation', 'workforce.add-message']);
      expect(rows.map(({ action }) => action).filter((one) => (actions as readonly string[]).includes(one))).toEqual(actions);
    }
  });

  test('all of it is done by commands where there is no model', async () => {
    const { house, ann, annSees, picture, song, bobApproves } = await openChats({}, channel, 'user');
    ann.sends({ ...picture, caption: '/assets import brandId=gallery title=Stripes' });
    ann.sends({ ...song, caption: '/assets import brandId=gallery title=Tape' });
    await annSees(/importId/);
    expect(await house.kernel.settle()).toBe(true);
    const items = async () =>
      (await house.does<{ items: { id: string; title: string; status: string }[] }>(house.operator, 'assets.search')).items;
    await vi.waitFor(async () => expect((await items()).map(({ title }) => title).sort()).toEqual(['Stripes', 'Tape']));
    const id = (await items()).find(({ title }) => title === 'Stripes')?.id;
    ann.says('/assets search');
    expect((await annSees(/Stripes[\s\S]*Tape|Tape[\s\S]*Stripes/)).text).toContain(id);
    ann.says(`/assets update id=${id} title="Night drive" description="Stripes of a city at night."`);
    await annSees(/Night drive/);
    ann.says(`/assets publish id=${id}`);
    await annSees(/published/);
    ann.says(`/marketplace create-product assetIds=["${id}"] stock=7`);
    const { text } = await annSees(/productId/);
    ann.says(`/marketplace create-listing productId=${/productId\D*?([0-9a-f-]{36})/.exec(text)?.[1]} unit=EUR price=4200`);
    await bobApproves();
  });
});
