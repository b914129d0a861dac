// A day at work, in chats alone: a picture and a song are sent in Telegram, an agent brings them in and describes them, and what it may not do by itself waits
// for a yes: of the one who asked, and of somebody else in Discord.
import { scriptedModel } from '@troupe-os/agents/testing';
import { atEnd } from '@troupe-os/core/testing';
import { assetsPlugin } from '@troupe-os/plugin-assets';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { marketplacePlugin } from '@troupe-os/plugin-marketplace';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { expect, test, vi } from 'vitest';
import { TOKEN as DISCORD_TOKEN, startDiscord } from '../bots/testing/discord.ts';
import { startChatHouse } from '../bots/testing/house.ts';
import { startTelegram, TOKEN as TELEGRAM_TOKEN } from '../bots/testing/telegram.ts';
import { nightDrive, playScore } from '../plugins/assets/src/rehearsal/songs.ts';
import { encodeWav } from '../plugins/assets/src/rehearsal/wav.ts';
import { paint } from './furnished-house.ts';
import { ORDERS, tellStory } from './story-model.ts';

/** A house with both chats, Ann in Telegram and Bob in Discord; what `who` puts on sale waits for the yes of somebody else. */
async function openChats(env: NodeJS.ProcessEnv, who: 'agent' | 'user') {
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
  const codeFor = async (role: 'editor' | 'admin', channel: string) => {
    const { caller } = await house.person(role);
    return (await house.does<{ code: string }>(caller, 'identity.begin-account-link', { channel })).code;
  };
  const [ann, bob] = [telegram.user('Ann'), discord.user('Bob')];
  ann.says(`/start ${await codeFor('editor', 'telegram')}`);
  ann.presses(await telegram.until(ann.id, ({ buttons }) => buttons.length === 2), 'Yes');
  bob.runs('link', { code: await codeFor('admin', 'discord') });
  bob.presses(await discord.until(bob.dm, ({ buttons }) => buttons.length === 2), 'Yes');
  const annSees = (how: RegExp) => telegram.until(ann.id, ({ text }) => how.test(text));
  await Promise.all([annSees(/^Hello/), discord.until(bob.dm, ({ text }) => text.startsWith('Hello'))]);

  return {
    ...{ house, telegram, ann, annSees },
    picture: {
      kind: 'photo',
      name: 'koi.jpg',
      bytes: await sharp(await paint(1))
        .jpeg()
        .toBuffer(),
    } as const,
    song: { kind: 'audio', name: 'tape.wav', bytes: encodeWav(playScore(nightDrive)) } as const,
    /** Bob is asked for what Ann waits for, says yes by his button, and both copies say that it was done. */
    async bobApproves() {
      const card = await discord.until(bob.dm, ({ buttons }) => buttons.some(({ label }) => label === 'Approve'));
      expect(card.text).toContain('marketplace.create-listing');
      const annsCard = await telegram.until(ann.id, ({ buttons }) => buttons.some(({ text }) => text === 'Take it back'));
      bob.presses(card, 'Approve');
      const isDone = (text: string) => /Approved, and done.*Ann/.test(text); // everybody here is called so
      await telegram.until(ann.id, (message) => message.messageId === annsCard.messageId && isDone(message.text));
      await discord.until(bob.dm, (message) => message.id === card.id && message.buttons.length === 0 && isDone(message.text));
      const { items } = await house.does<{ items: object[] }>(house.guest, 'marketplace.list-listings', {});
      expect(items).toMatchObject([{ title: 'Night drive', price: '4200' }]);
    },
  };
}

test('what is sent in one chat is brought in, described, shown and sold by an agent, with a yes in another', async () => {
  const { model, env } = await scriptedModel();
  tellStory(model, { picture: /^photo/i });
  model.on({ userMessage: /\(File "photo/ }, { content: 'I have the picture.' });
  model.on({ userMessage: /\(File "tape/ }, { content: 'I have the song.' });
  const { house, telegram, ann, annSees, picture, song, bobApproves } = await openChats(env, 'agent');

  ann.sends(picture);
  await annSees(/^I have the picture/);
  ann.sends(song);
  await annSees(/^I have the song/);
  ann.says('Bring them in.');
  await annSees(/on their way in\.$/);
  expect(await house.kernel.settle()).toBe(true);
  ann.says('Describe the picture and show it.');
  await annSees(/I need your yes\.$/);
  const publish = await telegram.until(ann.id, ({ buttons }) => buttons.some(({ text }) => text === 'Approve'));
  expect(publish.text).toContain('assets.publish');
  ann.presses(publish, 'Approve');
  await telegram.until(ann.id, (message) => message.messageId === publish.messageId && /Approved, and done/.test(message.text));
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
  const { house, ann, annSees, picture, song, bobApproves } = await openChats({}, 'user');
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
