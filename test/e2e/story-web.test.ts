// A day at work in the web chat: a picture and a song are sent, an agent brings them in and describes them, and what it may not do by itself waits for a
// yes: of the one who asked, on a card in the conversation, and of somebody else by a button in Telegram.
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCRIPTED_PRICE, scriptedModel } from '@troupe-os/agents/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTelegram, TOKEN } from '../../bots/testing/telegram.ts';
import { nightDrive, playScore } from '../../plugins/assets/src/rehearsal/songs.ts';
import { encodeWav } from '../../plugins/assets/src/rehearsal/wav.ts';
import { paint } from '../furnished-house.ts';
import { ORDERS, tellStory } from '../story-model.ts';
import { type RunningHouse, startHouse } from './house.ts';
import { launchBrowser, openVisitor, type Visitor } from './visitor.ts';

const { model, env } = await scriptedModel();
tellStory(model, { picture: /^koi/i });
const telegram = await startTelegram();
const SLOW_MS = 60_000;

let house: RunningHouse;
let browser: Browser;
let owner: Visitor;
let ann: Visitor;

beforeAll(async () => {
  const channels = { TROUPE_TELEGRAM_TOKEN: TOKEN, TROUPE_TELEGRAM_API: telegram.apiRoot };
  [house, browser] = await Promise.all([startHouse({ ...env, ...channels }), launchBrowser()]);
  owner = await openVisitor(browser, house.url);
  await owner.page.goto(house.signInLink);
  await owner.page.getByRole('button', { name: 'Sign in' }).click();
  await owner.page.waitForURL('**/console');
  ann = await openVisitor(browser, house.url);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await house?.stop();
  await telegram.close();
});

const log = (page: Page) => page.getByRole('log');
const card = (page: Page, action: string) => page.locator('[data-approval]').filter({ hasText: action });

async function say(page: Page, text: string, files: { name: string; mimeType: string; buffer: Buffer }[] = []) {
  if (files.length > 0) await page.getByLabel('Attach files').setInputFiles(files);
  await page.getByLabel('Say something').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** As the Owner, by the actions themselves. */
async function ask<T>(action: string, input: object): Promise<T> {
  const cookie = (await owner.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const response = await fetch(`${house.url}/api/${action.replace('.', '/')}`, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), origin: house.url, cookie },
  });
  if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
  return (await response.json()) as T;
}

test('somebody new signs in by a mailed link, and the Owner links Telegram', async () => {
  const email = 'ann@people.test';
  const { personId } = await ask<{ personId: string }>('identity.create-person', { name: 'Ann', email });
  await ask('identity.grant-role', { personId, role: 'editor' });
  await ask('workforce.set-model-price', SCRIPTED_PRICE);
  await ask('governance.set-rule', {
    ...{ name: 'sales-are-seen', target: 'marketplace.create-listing', outcome: 'ask' },
    policy: 'forbid (principal, action, resource) when { principal.kind == "agent" };',
  });
  await ann.page.goto('/sign-in/mail');
  await ann.page.getByLabel('E-mail address').fill(email);
  await ann.page.getByRole('button', { name: 'Send me a link' }).click();
  await ann.page.getByRole('status').waitFor();
  const link = await vi.waitFor(async () => {
    const letters = join(house.home, 'mail');
    const texts = await Promise.all((await readdir(letters)).map((name) => readFile(join(letters, name), 'utf8')));
    const found = texts.flatMap((text) => /http:\/\/\S+token=\S+/.exec(text) ?? []);
    expect(found).toHaveLength(1);
    return found[0] as string;
  }, SLOW_MS);
  await ann.page.goto(link);
  await ann.page.getByRole('button', { name: 'Sign in' }).click();
  await ann.page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));

  await owner.page.goto('/account');
  await owner.page.getByRole('button', { name: 'Link Telegram' }).click();
  const code = /\/link (\S+)/.exec((await owner.page.getByText(/\/link \S+/).textContent()) ?? '')?.[1];
  const account = telegram.user('Owner');
  account.says(`/start ${code}`);
  account.presses(await telegram.until(account.id, ({ buttons }) => buttons.length === 2), 'Yes');
  await telegram.until(account.id, ({ text }) => text.startsWith('Hello'));
});

test('what is sent is brought in, described, shown and sold, with one’s own yes on a card and another’s in Telegram', async () => {
  const { page } = ann;
  const account = telegram.user('Owner');
  await page.goto('/chat');
  await say(page, 'Bring them in.', [
    { name: 'koi.png', mimeType: 'image/png', buffer: await paint(1) },
    { name: 'tape.wav', mimeType: 'audio/wav', buffer: encodeWav(playScore(nightDrive)) },
  ]);
  await log(page).getByText('They are on their way in.').waitFor({ timeout: SLOW_MS });
  await log(page).getByText('Ran assets.import').waitFor();
  const titles = async () =>
    (await ask<{ items: { title: string }[] }>('assets.search', { limit: 10 })).items.map(({ title }) => title);
  await expect.poll(titles, { timeout: SLOW_MS }).toEqual(expect.arrayContaining(['koi', 'tape']));

  await say(page, 'Describe the picture and show it.');
  await log(page).getByText('I need your yes.').waitFor({ timeout: SLOW_MS });
  const publish = card(page, 'assets.publish');
  await publish.getByText('Changes').click();
  expect(await publish.textContent()).toContain('assets.assets');
  await publish.getByLabel('Note').fill('It is lovely.');
  await publish.getByRole('button', { name: 'Approve' }).click();
  await page.locator('[data-approval][data-state=executed]').filter({ hasText: 'assets.publish' }).waitFor();

  await say(page, 'Sell it for 42 euros.');
  await log(page).getByText('Somebody else must say yes').waitFor({ timeout: SLOW_MS });
  const sale = card(page, 'marketplace.create-listing');
  expect(await sale.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  await sale.getByRole('button', { name: 'Take it back' }).waitFor();
  // the Owner's own page of the chat shows it too
  await owner.page.goto('/chat');
  await card(owner.page, 'marketplace.create-listing').getByRole('button', { name: 'Approve' }).waitFor();
  const inTelegram = await telegram.until(account.id, ({ buttons }) => buttons.some(({ text }) => text === 'Approve'));
  account.presses(inTelegram, 'Approve');

  // every copy closes by itself, and says by whom
  await page.locator('[data-approval][data-state=executed]').filter({ hasText: 'marketplace.create-listing' }).waitFor();
  await telegram.until(
    account.id,
    ({ messageId, text }) => messageId === inTelegram.messageId && /Approved, and done/.test(text),
  );
  await card(owner.page, 'marketplace.create-listing').waitFor({ state: 'detached' });
  const { items } = await ask<{ items: { title: string; price: string }[] }>('marketplace.list-listings', { limit: 100 });
  expect(items).toContainEqual(expect.objectContaining({ title: 'Night drive', price: '4200' }));
  expect([...ann.complaints, ...owner.complaints]).toEqual([]);
});

test('each order is one chain in the record, from what was said to what was done', async () => {
  const { items } = await ask<{ items: { conversationId: string }[] }>('workforce.list-conversations', { whose: 'everybody' });
  const [conversation] = items;
  const { messages } = await ask<{ messages: { text: string; author: string; tool?: { action: string; callId?: string } }[] }>(
    'workforce.get-conversation',
    { conversationId: conversation?.conversationId, limit: 100 },
  );
  for (const [order, actions] of ORDERS) {
    const at = messages.findIndex(({ text, author }) => author === 'person' && text.startsWith(order));
    // a read of low risk is not in the record
    const done = messages.slice(at).find(({ tool }) => tool?.action === actions[0]);
    const [entry] = (await ask<{ items: { traceId: string }[] }>('governance.search-audit', { callId: done?.tool?.callId }))
      .items;
    const chain = await ask<{ items: { action: string; effect: string; outcome: string }[] }>('governance.search-audit', {
      ...{ traceId: entry?.traceId, limit: 100 },
    });
    const writes = chain.items
      .filter(({ effect, outcome }) => effect === 'write' && (outcome === 'succeeded' || outcome === 'parked'))
      .map(({ action }) => action)
      .reverse();
    expect(writes[0]).toBe('workforce.add-message');
    expect(writes.filter((action) => (actions as readonly string[]).includes(action))).toEqual(actions);
  }
});

test('what was said is said in other words, or asked again, and stands in the place of what came after it', async () => {
  model.on({ userMessage: /^What is it called/ }, { content: 'It is called Night drive.' });
  model.on({ userMessage: /^And in German/ }, { content: 'Nachtfahrt.' });
  for (const javaScriptEnabled of [true, false]) {
    const { page, complaints } = await openVisitor(browser, house.url, {
      javaScriptEnabled,
      storageState: await ann.context.storageState(),
    });
    await page.goto('/chat');
    await say(page, 'What is it called?');
    await log(page).getByText('It is called Night drive.').waitFor({ timeout: SLOW_MS });
    await page.waitForURL('**/chat?c=*');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await expect.poll(() => log(page).getByText('It is called Night drive.').count(), { timeout: SLOW_MS }).toBe(1);
    await page.getByText('Edit', { exact: true }).click();
    await page.getByLabel('Say it in other words').fill('And in German?');
    await page.getByRole('button', { name: 'Say it so' }).click();
    await log(page).getByText('Nachtfahrt.').waitFor({ timeout: SLOW_MS });

    expect(await log(page).getByRole('article').count()).toBe(2);
    expect(complaints).toEqual([]);
  }
});

test('a picture that was opened stands in the conversation', async () => {
  const { items } = await ask<{ items: { id: string; title: string }[] }>('assets.search', { q: 'Night drive', limit: 10 });
  const id = items.find(({ title }) => title === 'Night drive')?.id;
  const call = { action: 'assets.open', input: { id, variant: 'original' } };
  model.on(
    { userMessage: /^Show me/, hasToolResult: false },
    { toolCalls: [{ name: 'run_action', arguments: JSON.stringify(call) }] },
  );
  model.on({ userMessage: /^Show me/, hasToolResult: true }, { content: 'There it is.' });
  const { page } = ann;
  await page.goto('/chat');
  await say(page, 'Show me the picture.');
  await log(page).getByText('There it is.').waitFor({ timeout: SLOW_MS });
  const picture = log(page).getByRole('img');
  await picture.waitFor();
  expect(await picture.evaluate((image) => (image as { naturalWidth?: number }).naturalWidth)).toBe(180);
});

test('a command is completed while it is typed', async () => {
  const { page } = ann;
  await page.goto('/chat');
  const field = page.getByLabel('Say something');
  await field.pressSequentially('/marketp');
  await page.getByRole('option').first().waitFor();
  await field.press('Tab');
  await expect.poll(() => field.inputValue()).toBe('/marketplace ');
  await field.pressSequentially('list-l');
  await page.getByRole('option', { name: /list-listings/ }).click();
  await expect.poll(() => field.inputValue()).toBe('/marketplace list-listings ');
  await field.press('Escape');
  await page.keyboard.press('Enter');
  await log(page).getByText('Night drive').first().waitFor({ timeout: SLOW_MS });
});
