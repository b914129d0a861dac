import { lettersPlugin, scriptedModel } from '@troupe-os/agents/testing';
import { atEnd } from '@troupe-os/core/testing';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { expect, test, vi } from 'vitest';
import { filesPlugin } from '../../testing/files.ts';
import { startChatHouse } from '../../testing/house.ts';
import { startTelegram, type TelegramUser, TOKEN } from '../../testing/telegram.ts';
import { openTelegram } from './driver.ts';

const GROUP = -1001;

const telegram = await startTelegram();
const { model, env } = await scriptedModel();
const settings = { ...env, TROUPE_TELEGRAM_TOKEN: TOKEN, TROUPE_TELEGRAM_API: telegram.apiRoot };
const house = await startChatHouse(settings, [lettersPlugin, filesPlugin, governancePlugin], { workers: true });
atEnd(() => telegram.close());

/** A person of the house whose account is linked, and their account. */
async function linked(name: string, ...roles: Parameters<typeof house.person>) {
  const { caller } = await house.person(...roles);
  const user = telegram.user(name);
  const { code } = await house.does<{ code: string }>(caller, 'identity.begin-account-link', { channel: 'telegram' });
  user.says(`/start ${code}`);
  user.presses(await telegram.until(user.id, ({ buttons }) => buttons.length === 2), 'Yes');
  await telegram.until(user.id, ({ text }) => text.startsWith('Hello Ann'));
  return { caller, user, id: caller.principal.id };
}

const says = (user: TelegramUser, text: string, answered: RegExp, chatId = user.id) => {
  user.says(text, { chatId });
  return telegram.until(user.id, (message) => answered.test(message.text));
};

test('an account is linked by two taps, once, by a code that says whose it is', async () => {
  const { caller } = await house.person('viewer');
  const stranger = telegram.user('Stranger');
  await says(stranger, 'hello?', /I do not know you yet/);
  await says(stranger, '/workforce list-agents', /core\.unauthenticated/);
  await says(stranger, `/start trc_wrong`, /used or has expired/);

  const { code } = await house.does<{ code: string }>(caller, 'identity.begin-account-link', { channel: 'telegram' });
  stranger.says(`/start ${code}`);
  const question = await telegram.until(stranger.id, ({ buttons }) => buttons.length === 2);
  expect(question.text).toContain('Shall this account speak for <b>Ann</b> here?');
  stranger.presses(question, 'Yes');
  await telegram.until(stranger.id, ({ text }) => text.startsWith('Hello Ann'));
  await says(stranger, '/identity get-me', /Ann/);
  const { items } = await house.does<{ items: { provider: string; label: string }[] }>(caller, 'identity.list-identities');
  expect(items).toMatchObject([{ provider: 'chat:telegram', label: '@stranger' }]);

  const other = telegram.user('Other');
  await says(other, `/start ${code}`, /used or has expired/);
  await says(stranger, '/unlink', /speaks for nobody/);
  stranger.says('/workforce list-agents');
  await vi.waitFor(() =>
    expect(telegram.shown(stranger.id).filter(({ text }) => /core\.unauthenticated/.test(text))).toHaveLength(2),
  );
});

test('no link is made by whoever came by a code of somebody else, and none for longer than ten minutes', async () => {
  const { caller } = await house.person('viewer');
  const { code } = await house.does<{ code: string }>(caller, 'identity.begin-account-link', { channel: 'telegram' });
  await expect(
    house.does(caller, 'identity.link-account', { code, channel: 'telegram', subject: '77', label: 'me' }),
  ).rejects.toMatchObject({ code: 'core.unknown_action' });
  const token = await house.does<{ token: string }>(caller, 'identity.create-token', { name: 'script' });
  const principal = await house.kernel.authenticate({ type: 'token', secret: token.token });
  await expect(
    house.does({ principal, tainted: false }, 'identity.begin-account-link', { channel: 'telegram' }),
  ).rejects.toMatchObject({ code: 'identity.fresh_sign_in_needed' });
});

test('an agent answers while it writes, with its tools; what is heard twice is answered once', async () => {
  const tool = { name: 'workforce_list_agents', arguments: '{}' };
  model.on({ userMessage: 'who is here', hasToolResult: false }, { content: 'Let me *look*.', toolCalls: [tool] });
  model.on({ userMessage: 'who is here', hasToolResult: true }, { content: 'The **Concierge** is.' });
  const { user, id } = await linked('Asker', 'viewer');
  const update = user.says('who is here?');
  const answer = await telegram.until(user.id, ({ text }) => text.includes('is.'));
  expect(answer.text).toBe('Let me <i>look</i>.\n\n✓ <code>workforce.list-agents</code>\n\nThe <b>Concierge</b> is.');

  telegram.redeliver(update);
  await says(user, '/workforce list-agents limit=1', /Concierge\s+(?!is)/);
  const kept = await house.database.rows<{ text: string }>(
    sql`select text from workforce.messages m join workforce.conversations c on c.id = m.conversation_id
      where c.owner_id = ${id} and c.surface = 'telegram' and m.author_kind = 'person' order by m.sequence`,
  );
  expect(kept.map(({ text }) => text)).toEqual(['who is here?', '/workforce list-agents limit=1']);
});

test('of two people who say the same in a group, each is heard as who they are, and answered alone what is not for all', async () => {
  const admin = await linked('Admin', 'admin');
  const viewer = await linked('Viewer', 'viewer');
  const order = '/ledger open-account path=assets:group title=Group type=asset unit=EUR';
  admin.user.says('nothing for us', { chatId: GROUP });
  viewer.user.says(`${order}@TroupeTestBot`, { chatId: GROUP });
  await telegram.until(GROUP, ({ text }) => /core\.unknown_action/.test(text));
  admin.user.says(`/ledger@TroupeTestBot open-account path=assets:group title=Group type=asset unit=EUR`, { chatId: GROUP });
  await telegram.until(admin.user.id, ({ text }) => text.includes('accountId'));
  await telegram.until(GROUP, ({ text }) => text === 'I have answered you privately.');
  expect(telegram.shown(GROUP).map(({ text }) => text)).not.toContainEqual(expect.stringContaining('accountId'));

  const rows = await house.database.rows<{ actor: string; outcome: string; cause: string }>(
    sql`select actor, outcome, cause from core.audit_entries where action = 'ledger.open-account' order by id`,
  );
  expect(rows).toEqual([
    { actor: viewer.id, outcome: 'denied', cause: 'chat' },
    { actor: admin.id, outcome: 'succeeded', cause: 'chat' },
  ]);
});

test('whoever may decide is asked by a card, one answer closes all, and it is done once', async () => {
  const asker = await linked('Asking', 'admin');
  const [one, two] = [await linked('One', 'admin'), await linked('Two', 'admin')];
  const bystander = await linked('Bystander', 'viewer');
  await house.does(house.operator, 'governance.set-rule', {
    ...{ name: 'ask-first', target: 'ledger.open-account', outcome: 'ask' },
    policy: 'forbid (principal, action, resource) when { context.input.path == "assets:asked" };',
  });
  asker.user.says('/ledger open-account path=assets:asked title=Asked type=asset unit=EUR');
  const waits = await telegram.until(asker.user.id, ({ buttons }) => buttons.some(({ text }) => text === 'Take it back'));
  const [first, second] = await Promise.all(
    [one, two].map(({ user }) => telegram.until(user.id, ({ buttons }) => buttons.some(({ text }) => text === 'Approve'))),
  );
  expect(first?.text).toContain('assets:asked');

  const forged = { ...waits, buttons: first?.buttons ?? [] };
  asker.user.presses(forged, 'Approve');
  await vi.waitFor(() =>
    expect(telegram.answers).toContainEqual(
      expect.objectContaining({ isAlert: true, text: expect.stringContaining('governance.four_eyes') }),
    ),
  );

  if (first) one.user.presses(first, 'Approve');
  await vi.waitFor(() => expect(telegram.answers).toContainEqual(expect.objectContaining({ text: 'Approved.' })));
  await house.kernel.settle();
  for (const { user } of [asker, one, two])
    await telegram.until(user.id, ({ text, buttons }) => /Approved, and done.*Ann/.test(text) && buttons.length === 0);
  expect(second?.buttons).toEqual([]);
  expect(telegram.shown(bystander.user.id).filter(({ text }) => text.includes('assets:asked'))).toEqual([]);
  const rows = await house.database.rows<{ outcome: string }>(
    sql`select outcome from core.audit_entries where action = 'ledger.open-account' and outcome = 'succeeded' and digest in
      (select digest from core.audit_entries where action = 'ledger.open-account' and outcome = 'parked')`,
  );
  expect(rows).toEqual([{ outcome: 'succeeded' }]);
});

test('a file goes to the command under which it was sent, and to whoever is spoken to by its name', async () => {
  model.on({ userMessage: 'more.txt' }, { content: 'You sent more.txt.' });
  const { user } = await linked('Filer', 'editor');
  const bytes = Buffer.from('what stands in the file');
  user.sends({ kind: 'document', name: 'notes.txt', bytes, caption: '/files keep-file title=Notes' });
  await telegram.until(user.id, ({ text }) => text.includes('notes.txt, 23 bytes'));
  user.sends({ kind: 'document', name: 'more.txt', bytes });
  const answered = await telegram.until(user.id, ({ text }) => text.startsWith('You sent'));
  expect(answered.text).toMatch(/^You sent more\.txt/);
});

test('what Telegram cannot take is said in a way that it can: plainly, in pieces, later', async () => {
  const { user } = await linked('Talker', 'viewer');
  const long = Array.from({ length: 900 }, (_, at) => `word-${at}`).join(' ');
  model.on({ userMessage: 'a long one' }, { content: `**Long:** ${long} <b>&` });
  telegram.refuse('sendMessage', 1, { code: 429, description: 'Too Many Requests: retry after 1', retryAfter: 1 });
  await says(user, 'a long one, please', /word-899/);
  const all = telegram
    .shown(user.id)
    .slice(2)
    .map(({ text }) => text);
  expect(all.length).toBeGreaterThan(1);
  expect(all[0]).toMatch(/^<b>Long:<\/b> word-0/);
  expect(all.join(' ').match(/word-\d+/g)).toEqual(long.split(' '));
  telegram.refuse('sendMessage', 1, { code: 400, description: "Bad Request: can't parse entities: a guess" });
  await says(user, '/workforce list-agents limit=1', /^\| /);
});

test('an answer is stopped from the chat, and another conversation begins there', async () => {
  const { user, id } = await linked('Stopper', 'viewer');
  model.on({ userMessage: 'count for ever' }, { content: 'one two three '.repeat(200) }, { latency: 50, chunkSize: 5 } as never);
  user.says('count for ever');
  await telegram.until(user.id, ({ text }) => text.startsWith('one two'));
  await says(user, '/stop', /^Stopped/);
  await telegram.until(user.id, ({ text }) => text.endsWith('<i>Stopped.</i>'));
  await says(user, '/new', /^A new conversation/);
  await says(user, '/workforce list-agents limit=1', /Concierge/);
  const rows = await house.database.rows<{ place: string | null; last_sequence: number }>(
    sql`select place, last_sequence from workforce.conversations where owner_id = ${id} order by created_at`,
  );
  expect(rows).toEqual([
    { place: null, last_sequence: 2 },
    { place: String(user.id), last_sequence: 2 },
  ]);
});

test('a flood is handled once each and in order, though each update comes twice', async () => {
  const { user, id } = await linked('Flooder', 'viewer');
  const sent = Array.from({ length: 60 }, (_, at) => ({ at, update: user.says(`/workforce list-agents limit=${at + 1}`) }));
  for (const { update } of sent) telegram.redeliver(update);
  await vi.waitFor(() => expect(telegram.shown(user.id).length).toBeGreaterThanOrEqual(62), { timeout: 20_000 });
  await vi.waitFor(() => expect(telegram.unconfirmed()).toBe(0), { timeout: 20_000 });
  const kept = await house.database.rows<{ author_kind: string; text: string }>(
    sql`select author_kind, text from workforce.messages m join workforce.conversations c on c.id = m.conversation_id
      where c.owner_id = ${id} and author_kind = 'person' order by m.sequence`,
  );
  expect(kept.map(({ text }) => text)).toEqual(sent.map(({ at }) => `/workforce list-agents limit=${at + 1}`));
  expect(telegram.shown(user.id)).toHaveLength(62);
});

test('whoever calls without the secret is nobody; with it, what could not be handled is sent again', async () => {
  const other = await startTelegram();
  const secret = 'a-secret-of-the-webhook';
  const driver = await openTelegram(
    { token: TOKEN, apiRoot: other.apiRoot, webhook: { url: 'http://127.0.0.1/telegram/updates', secret } },
    house.kernel.log,
  );
  const app = new Hono();
  driver.routes?.(app as never);
  const heard: string[] = [];
  let fails = 1;
  await driver.start({
    async message({ text }) {
      if (fails-- > 0) throw new Error('not now');
      heard.push(text);
    },
    async press() {},
  });
  await vi.waitFor(() => expect(other.calls.map(({ method }) => method)).toContain('setMyCommands'));
  const update = {
    update_id: 1,
    message: { message_id: 1, from: { id: 5, first_name: 'A' }, chat: { id: 5, type: 'private' }, text: 'hi' },
  };
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
