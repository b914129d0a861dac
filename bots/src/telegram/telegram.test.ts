import { atEnd } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { expect, test, vi } from 'vitest';
import { channelSuite, type SeenMessage } from '../../testing/channel-suite.ts';
import { type Shown, startTelegram, TOKEN } from '../../testing/telegram.ts';
import { openTelegram } from './driver.ts';

const GROUP = -1001;

const telegram = await startTelegram();
atEnd(() => telegram.close());

const NAMES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
const seen = (message: Shown, by: string): SeenMessage => ({
  text: message.text.replaceAll(/<[^>]*>/g, '').replaceAll(/&\w+;/g, (name) => NAMES[name] ?? name),
  buttons: message.buttons.map(({ text }) => text),
  file: message.file,
  press: (label) => void telegram.user(by).presses(message, label),
});

const { house, model, linked } = await channelSuite({
  channel: 'telegram',
  env: { TROUPE_TELEGRAM_TOKEN: TOKEN, TROUPE_TELEGRAM_API: telegram.apiRoot },
  user(name) {
    const user = telegram.user(name);
    const all = () => telegram.shown(user.id).map((message) => seen(message, name));
    return {
      label: `@${name.toLowerCase()}`,
      place: String(user.id),
      says: (text) => void user.says(text),
      does: (word, text) => void user.says(word === 'link' ? `/start ${text}` : `/${word}`),
      sends: (file) => void user.sends({ kind: 'document', ...file }),
      saysInGroup: (text) => void user.says(text.replace(/^(\/\w+)/, '$1@TroupeTestBot'), { chatId: GROUP }),
      sees: async (fits) => seen(await telegram.until(user.id, (message) => fits(seen(message, name))), name),
      seen: all,
    };
  },
  groupSees: async (fits) => seen(await telegram.until(GROUP, (message) => fits(seen(message, ''))), ''),
  seenInGroup: () => telegram.shown(GROUP).map((message) => seen(message, '')),
  pressAnswers: () => telegram.answers.map(({ text }) => text),
});

test('of a group only what is said to us is heard, and a topic is a conversation of its own', async () => {
  const { id } = await linked('Grouped', 'viewer');
  const user = telegram.user('Grouped');
  user.says('nothing for us', { chatId: GROUP });
  user.says('/help@another_bot', { chatId: GROUP });
  user.says('/help', { chatId: GROUP, threadId: 7 });
  await telegram.until(GROUP, ({ threadId }) => threadId === 7);
  const rows = await house.database.rows<{ place: string; text: string }>(
    sql`select c.place, m.text from workforce.messages m join workforce.conversations c on c.id = m.conversation_id
      where c.owner_id = ${id} and m.author_kind = 'person'`,
  );
  expect(rows).toEqual([{ place: `${GROUP}/7`, text: '/help' }]);
});

test('a card that was forwarded to somebody else decides nothing', async () => {
  const asker = await linked('Forwarding', 'admin');
  await linked('Deciding', 'admin');
  asker.user.says('/ledger open-account path=assets:asked title=Again type=asset unit=USD');
  const card = await telegram.until(telegram.user('Deciding').id, ({ buttons }) =>
    buttons.some(({ text }) => text === 'Approve'),
  );
  telegram.user('Forwarding').presses(card, 'Approve');
  telegram.user('Nobody').presses(card, 'Approve');
  await vi.waitFor(() => {
    const said = telegram.answers.filter(({ isAlert }) => isAlert).map(({ text }) => text);
    expect(said).toEqual(expect.arrayContaining([expect.stringContaining('governance.four_eyes'), 'Link your account first.']));
  });
});

test('what somebody else wrote is read and not run; a code that a group has seen links nobody', async () => {
  const { caller, id } = await linked('Reader', 'admin');
  const user = telegram.user('Reader');
  user.says('/ledger open-account path=assets:passed title=Passed type=asset unit=EUR', { isForwarded: true });
  await telegram.until(user.id, ({ text }) => text.startsWith('A command that somebody else wrote'));
  model.on({ userMessage: 'dear customer' }, { content: 'I have read it.' });
  user.says('dear customer', { isForwarded: true });
  await telegram.until(user.id, ({ text }) => text === 'I have read it.');
  const rows = await house.database.rows<{ tainted: boolean; last_sequence: number }>(
    sql`select tainted, last_sequence from workforce.conversations where owner_id = ${id}`,
  );
  expect(rows).toEqual([{ tainted: true, last_sequence: 2 }]);

  const { code } = await house.does<{ code: string }>(caller, 'identity.begin-account-link', { channel: 'telegram' });
  user.says(`/link ${code}`, { chatId: GROUP });
  await telegram.until(user.id, ({ text }) => /used or has expired/.test(text));
  const thief = telegram.user('Thief');
  thief.says(`/start ${code}`);
  await telegram.until(thief.id, ({ text }) => /used or has expired/.test(text));
});

test('somebody who has blocked the bot stops nobody else from being asked', async () => {
  const asker = await linked('Patient', 'admin');
  await linked('Blocker', 'admin');
  await linked('Reachable', 'admin');
  const [blocker, reachable] = [telegram.user('Blocker'), telegram.user('Reachable')];
  const isAsked = ({ text, buttons }: Shown) => buttons.some((one) => one.text === 'Approve') && text.includes('Blocked');
  const ask = (title: string) => asker.user.says(`/ledger open-account path=assets:asked title=${title} type=asset unit=USD`);
  ask('Blocked-1');
  const [his] = await Promise.all([telegram.until(blocker.id, isAsked), telegram.until(reachable.id, isAsked)]);
  telegram.block(blocker.id);
  const hers = telegram.shown(reachable.id).find(isAsked) as Shown;
  reachable.presses(hers, 'Decline');
  await telegram.until(reachable.id, (message) => message.messageId === hers.messageId && /Declined/.test(message.text));
  ask('Blocked-2');
  await telegram.until(reachable.id, (message) => isAsked(message) && message.text.includes('Blocked-2'));
  expect(his.buttons.length).toBeGreaterThan(0); // nobody can change it, and nobody can press it
});

test('what Telegram cannot take is said in a way that it can: plainly, in pieces, later', async () => {
  await linked('Talker', 'viewer');
  const user = telegram.user('Talker');
  const long = Array.from({ length: 900 }, (_, at) => `word-${at}`).join(' ');
  model.on({ userMessage: 'a long one' }, { content: `**Long:** ${long} <b>&` });
  telegram.refuse('sendMessage', 1, { code: 429, description: 'Too Many Requests: retry after 1', retryAfter: 1 });
  user.says('a long one, please');
  await telegram.until(user.id, ({ text }) => text.includes('word-899'));
  const all = telegram
    .shown(user.id)
    .slice(2)
    .map(({ text }) => text);
  expect(all.length).toBeGreaterThan(1);
  expect(all[0]).toMatch(/^<b>Long:<\/b> word-0/);
  expect(all.join(' ').match(/word-\d+/g)).toEqual(long.split(' '));
  telegram.refuse('sendMessage', 1, { code: 400, description: "Bad Request: can't parse entities: a guess" });
  user.says('/workforce list-agents limit=1');
  await telegram.until(user.id, ({ text }) => text.startsWith('| '));
});

test('a flood is handled once each and in order, though each update comes twice', async () => {
  const { id } = await linked('Flooder', 'viewer');
  const user = telegram.user('Flooder');
  const sent = Array.from({ length: 60 }, (_, at) => ({ at, update: user.says(`/workforce list-agents limit=${at + 1}`) }));
  for (const { update } of sent) telegram.redeliver(update);
  await vi.waitFor(() => expect(telegram.shown(user.id).length).toBeGreaterThanOrEqual(62), { timeout: 20_000 });
  await vi.waitFor(() => expect(telegram.unconfirmed()).toBe(0), { timeout: 20_000 });
  const kept = await house.database.rows<{ text: string }>(
    sql`select m.text from workforce.messages m join workforce.conversations c on c.id = m.conversation_id
      where c.owner_id = ${id} and author_kind = 'person' order by m.sequence`,
  );
  expect(kept.map(({ text }) => text)).toEqual(sent.map(({ at }) => `/workforce list-agents limit=${at + 1}`));
  expect(telegram.shown(user.id)).toHaveLength(62);
});

test('whoever calls without the secret is nobody; with it, what could not be handled is sent again', async () => {
  const other = await startTelegram();
  const secret = 'a-secret-of-the-webhook';
  const webhook = { url: 'http://127.0.0.1/telegram/updates', secret };
  const driver = await openTelegram({ token: TOKEN, apiRoot: other.apiRoot, webhook }, house.kernel.log);
  const app = new Hono();
  app.onError((_, c) => c.json({}, 500));
  driver.routes?.(app as never);
  const heard: string[] = [];
  let fails = 1;
  await driver.start({
    async message({ text }) {
      if (fails-- > 0) throw new Error('not now');
      heard.push(text);
    },
    async press() {},
    complete: async () => [],
  });
  await vi.waitFor(() => expect(other.calls.map(({ method }) => method)).toContain('setMyCommands'));
  const from = { id: 5, first_name: 'A' };
  const update = { update_id: 1, message: { message_id: 1, from, chat: { id: 5, type: 'private' }, text: 'hi' } };
  const call = (token: string) =>
    app.request('/telegram/updates', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': token },
      body: JSON.stringify(update),
    });
  expect((await call('wrong')).status).toBe(401);
  expect((await call('')).status).toBe(401);
  expect((await call(secret)).status).toBe(500);
  expect((await call(secret)).status).toBe(200);
  expect(heard).toEqual(['hi']);
  expect(other.calls.find(({ method }) => method === 'setWebhook')?.fields).toMatchObject({ secret_token: secret });
  await driver.stop();
  await other.close();
});
