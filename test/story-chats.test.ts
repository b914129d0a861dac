// A day at work, in chats alone: a picture and a song are sent in Telegram, an agent brings them in and describes them, and what it may not do by itself waits
// for a yes: of the one who asked, and of somebody else in Discord.
import type { ChatCompletionRequest } from '@copilotkit/aimock';
import { scriptedModel } from '@troupe-os/agents/testing';
import { atEnd } from '@troupe-os/core/testing';
import { assetsPlugin } from '@troupe-os/plugin-assets';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { marketplacePlugin } from '@troupe-os/plugin-marketplace';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { TOKEN as DISCORD_TOKEN, startDiscord } from '../bots/testing/discord.ts';
import { startChatHouse } from '../bots/testing/house.ts';
import { startTelegram, TOKEN as TELEGRAM_TOKEN } from '../bots/testing/telegram.ts';
import { nightDrive, playScore } from '../plugins/assets/src/rehearsal/songs.ts';
import { encodeWav } from '../plugins/assets/src/rehearsal/wav.ts';
import { paint } from './furnished-house.ts';

const [telegram, discord] = [await startTelegram(), await startDiscord()];
atEnd(() => telegram.close());
atEnd(() => discord.close());
const { model, env } = await scriptedModel();
const channels = {
  ...{ TROUPE_TELEGRAM_TOKEN: TELEGRAM_TOKEN, TROUPE_TELEGRAM_API: telegram.apiRoot },
  ...{ TROUPE_DISCORD_TOKEN: DISCORD_TOKEN, TROUPE_DISCORD_API: discord.apiRoot },
};
const house = await startChatHouse({ ...env, ...channels }, [assetsPlugin, marketplacePlugin, governancePlugin], {
  workers: true,
});
await discord.connected;

/** What tools have answered since the person spoke last. */
const answersIn = ({ messages }: ChatCompletionRequest) =>
  messages
    .slice(messages.findLastIndex(({ role }) => role === 'user'))
    .flatMap(({ role, content }) => (role === 'tool' ? [JSON.parse(String(content))] : []));
const use = (name: string, input: object) => ({ toolCalls: [{ name, arguments: JSON.stringify(input) }] });

function bringIn(request: ChatCompletionRequest) {
  if (answersIn(request).length > 0) return { content: 'They are on their way in.' };
  const files = new Set(JSON.stringify(request.messages).match(/upload:[0-9a-f-]{36}/g));
  return use('run_action', { action: 'assets.import', input: { files: [...files], brandId: 'gallery' } });
}

/** Describes the picture, and asks to show it to everybody. */
function describe(request: ChatCompletionRequest) {
  const answers = answersIn(request);
  const [found] = answers as [{ items: { id: string; title: string }[] }?];
  const picture = found?.items.find(({ title }) => /^photo/i.test(title))?.id;
  if (!found) return use('run_action', { action: 'assets.search', input: { limit: 10 } });
  if (answers.length === 1)
    return use('run_action', {
      action: 'assets.update',
      input: { id: picture, title: 'Night drive', description: 'Stripes of a city at night.' },
    });
  if (answers.length === 2) return use('run_action', { action: 'assets.publish', input: { id: picture } });
  return { content: 'It is described. To show it to everybody I need your yes.' };
}

function sell(request: ChatCompletionRequest) {
  const answers = answersIn(request);
  if (answers.length === 0) return use('run_action', { action: 'assets.search', input: { limit: 10 } });
  const [found, product] = answers as [{ items: { id: string; title: string }[] }, { productId: string }?];
  const assetId = found.items.find(({ title }) => title === 'Night drive')?.id;
  if (!product) return use('run_action', { action: 'marketplace.create-product', input: { assetIds: [assetId], stock: 7 } });
  if (answers.length === 2)
    return use('run_action', {
      action: 'marketplace.create-listing',
      input: { productId: product.productId, unit: 'EUR', price: '4200' },
    });
  return { content: 'Somebody else must say yes to that.' };
}

test('what is sent in one chat is brought in, described, shown and sold, with a yes in another', async () => {
  model.on({ userMessage: /^Bring them in/ }, bringIn);
  model.on({ userMessage: /^Describe/ }, describe);
  model.on({ userMessage: /^Sell it/ }, sell);
  model.on({ userMessage: /\(File "/ }, { content: 'I have it.' });
  const [ann, bob] = [await house.person('editor'), await house.person('admin')];
  const codeFor = async (person: typeof ann, channel: string) =>
    (await house.does<{ code: string }>(person.caller, 'identity.begin-account-link', { channel })).code;
  const annThere = telegram.user('Ann');
  annThere.says(`/start ${await codeFor(ann, 'telegram')}`);
  annThere.presses(await telegram.until(annThere.id, ({ buttons }) => buttons.length === 2), 'Yes');
  const bobThere = discord.user('Bob');
  bobThere.runs('link', { code: await codeFor(bob, 'discord') });
  bobThere.presses(await discord.until(bobThere.dm, ({ buttons }) => buttons.length === 2), 'Yes');
  await Promise.all([
    telegram.until(annThere.id, ({ text }) => text.startsWith('Hello')),
    discord.until(bobThere.dm, ({ text }) => text.startsWith('Hello')),
  ]);
  await house.does(house.operator, 'governance.set-rule', {
    ...{ name: 'sales-are-seen', target: 'marketplace.create-listing', outcome: 'ask' },
    policy: 'forbid (principal, action, resource) when { principal.kind == "agent" };',
  });

  annThere.sends({
    kind: 'photo',
    name: 'koi.jpg',
    bytes: await sharp(await paint(1))
      .jpeg()
      .toBuffer(),
  });
  await telegram.until(annThere.id, ({ text }) => text === 'I have it.');
  annThere.sends({ kind: 'audio', name: 'tape.wav', bytes: encodeWav(playScore(nightDrive)) });
  await telegram.until(annThere.id, (message) => message.text === 'I have it.' && message !== telegram.shown(annThere.id)[2]);
  annThere.says('Bring them in.');
  await telegram.until(annThere.id, ({ text }) => text.endsWith('on their way in.'));
  expect(await house.kernel.settle()).toBe(true);
  annThere.says('Describe the picture and show it.');
  await telegram.until(annThere.id, ({ text }) => text.endsWith('I need your yes.'));
  const publish = await telegram.until(annThere.id, ({ buttons }) => buttons.some(({ text }) => text === 'Approve'));
  expect(publish.text).toContain('assets.publish');
  annThere.presses(publish, 'Approve');
  await telegram.until(
    annThere.id,
    (message) => message.messageId === publish.messageId && /Approved, and done/.test(message.text),
  );

  annThere.says('Sell it for 42 euros.');
  const card = await discord.until(bobThere.dm, ({ buttons }) => buttons.some(({ label }) => label === 'Approve'));
  expect(card.text).toContain('marketplace.create-listing');
  const annsCard = await telegram.until(annThere.id, ({ buttons }) => buttons.some(({ text }) => text === 'Take it back'));
  bobThere.presses(card, 'Approve');
  await telegram.until(
    annThere.id,
    (message) => message.messageId === annsCard.messageId && /Approved, and done.*Ann/.test(message.text),
  );
  await discord.until(
    bobThere.dm,
    (message) => message.id === card.id && message.buttons.length === 0 && /and done/.test(message.text),
  );

  const { items } = await house.does<{ items: { title: string; price: string }[] }>(house.guest, 'marketplace.list-listings', {});
  expect(items).toMatchObject([{ title: 'Night drive', price: '4200' }]);

  // each order is one chain in the record, from what was said to what was done
  for (const [order, actions] of [
    ['Bring them in.', ['assets.import']],
    ['Describe the picture', ['assets.update', 'assets.publish', 'governance.approve-call', 'assets.publish']],
    [
      'Sell it for 42 euros.',
      ['marketplace.create-product', 'marketplace.create-listing', 'governance.approve-call', 'marketplace.create-listing'],
    ],
  ] as const) {
    const rows = await house.database.rows<{ action: string; outcome: string }>(
      sql`select action, outcome from core.audit_entries where effect = 'write' and outcome in ('succeeded', 'parked')
        and trace_id = (select trace_id from core.audit_entries e join core.audit_bodies b on b.call_id = e.call_id
          where e.action = 'workforce.add-message' and b.body like ${`%${order}%`} limit 1) order by id`,
    );
    expect(rows.map(({ action }) => action).filter((action) => (actions as readonly string[]).includes(action))).toEqual(actions);
    expect(rows.slice(0, 2).map(({ action }) => action)).toEqual(['workforce.start-conversation', 'workforce.add-message']);
  }
});
