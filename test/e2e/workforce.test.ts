// What people do in the console about tasks, schedules and agents, in a real browser, with scripts and without.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningHouse, startHouse } from './house.ts';
import { launchBrowser, openVisitor, type Visitor } from './visitor.ts';

let house: RunningHouse;
let browser: Browser;
let storageState: Awaited<ReturnType<Visitor['context']['storageState']>>;
const SLOW = { timeout: 300_000 };

beforeAll(async () => {
  [house, browser] = await Promise.all([startHouse(), launchBrowser()]);
  const { page, context } = await openVisitor(browser, house.url);
  await page.goto(house.signInLink);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/console');
  storageState = await context.storageState();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

describe.each([true, false])('with scripts: %s', SLOW, (javaScriptEnabled) => {
  const open = () => openVisitor(browser, house.url, { storageState, javaScriptEnabled });

  test('a task is given, put first, finished by whoever does it, and found by how it stands', async () => {
    const { page, complaints } = await open();
    const title = `Count the sleeves (${randomUUID()})`;
    await page.goto('/console/tasks');
    await page.getByText('Give a task').click();
    await page.getByLabel('What is to be done').fill(title);
    await page.getByLabel('All that whoever does it has to know').fill('Those of the vault.');
    await page.getByLabel('Who does it').selectOption({ label: 'Owner (you)' });
    await page.getByLabel('Due, UTC').fill('2030-01-31T12:30');
    await page.getByRole('button', { name: 'Give it' }).click();
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByText('2030-01-31 12:30 UTC').waitFor();

    await page.getByLabel('Priority').selectOption('1');
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('1 of 5').waitFor();
    await page.getByLabel('What came of it').fill('Twelve.');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('region', { name: 'What came of it' }).getByText('Twelve.').waitFor();
    expect(await page.getByRole('region', { name: 'Work on it' }).count()).toBe(0);

    await page.goto('/console/tasks?state=open');
    expect(await page.getByRole('link', { name: title }).count()).toBe(0);
    await page.goto('/console/tasks?state=done');
    await page.getByRole('link', { name: title }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('what was refused is said, and what was typed stays', async () => {
    const { page } = await open();
    await page.goto('/console/schedules');
    await page.getByText('Set up a schedule').click();
    await page.getByLabel('What is to be done').fill('Every now and then');
    await page.getByLabel('All that its agent has to know').fill('Look at it.');
    await page.getByLabel('When').fill('every monday');
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('What is to be done').inputValue()).toBe('Every now and then');
  });

  test('a schedule is set up, paused, resumed and removed; the secret of a webhook is shown once', async () => {
    const { page, complaints } = await open();
    const id = randomUUID();
    const title = `When somebody calls (${id})`;
    const press = (what: string) => page.getByRole('button', { name: new RegExp(`${what}.*${id}`) }).click();
    const row = page.getByRole('row').filter({ hasText: title });
    await page.goto('/console/schedules');
    await page.getByText('Set up a schedule').click();
    await page.getByLabel('What is to be done').fill(title);
    await page.getByLabel('All that its agent has to know').fill('Look at it.');
    await page.getByLabel('What sets it off').selectOption('webhook');
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByText(/^whsec_/).waitFor();
    await press('Pause');
    await row.getByText('paused').waitFor();
    expect(await page.getByText(/^whsec_/).count()).toBe(0);
    await press('Resume');
    await row.getByText('active').waitFor();
    await press('Remove');
    await page.getByText('Removed.').waitFor();
    expect(await row.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('an agent is paused and works again; its page says what it may do and how it did', async () => {
    const { page, complaints } = await open();
    await page.goto('/console/agents');
    await page.getByRole('row').getByRole('link', { name: 'Analyst' }).click();
    await page.getByRole('heading', { name: 'Analyst' }).waitFor();
    await page.getByText('ledger.get-profit-and-loss').waitFor();
    await page.getByRole('region', { name: 'Week by week' }).waitFor();
    await page.getByRole('button', { name: 'Pause it' }).click();
    await page.getByText('Paused: it answers nobody').waitFor();
    await page.getByRole('button', { name: 'Let it work again' }).click();
    await page.getByRole('button', { name: 'Pause it' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('a draft waits on the front page, shows what it changes, is accepted, and that is taken back', async () => {
    const { page, complaints } = await open();
    const [work] = (await ask<{ items: { id: string; title: string; description: string }[] }>('assets.search', { limit: 1 }))
      .items;
    if (!work) throw new Error('The rehearsal has works.');
    const added = `Seen on a wall (${randomUUID()}).`;
    const draft = { assetId: work.id, kind: 'description', text: `${work.description} ${added}`, reason: 'a test' };
    await ask('assets.save-draft', draft);

    await page.goto('/console');
    await page.getByRole('link', { name: 'Read it' }).first().click();
    await page.waitForURL(`**/console/assets/${work.id}#drafts`);
    expect(await page.locator('ins').textContent()).toContain(added);
    await page.getByRole('button', { name: /^Make it the description/ }).click();
    await page.getByText('Accepted.').waitFor();
    expect(await page.getByLabel('Description').inputValue()).toBe(draft.text);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('It waits again').waitFor();
    expect(await page.getByLabel('Description').inputValue()).toBe(work.description);

    await page.goto('/console/assets/drafts');
    await page.getByLabel('Why not').fill('Too long');
    await page.getByRole('button', { name: /^Reject it/ }).click();
    await page.getByText('Rejected.').waitFor();
    await page.goto('/console/assets/drafts?state=rejected');
    await page.getByText('Too long').first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('something is remembered, found by whom it is for, and forgotten', async () => {
    const { page, complaints } = await open();
    const id = randomUUID();
    const text = `Frames come on Tuesdays (${id}).`;
    await page.goto('/console/memories');
    await page.getByText('Have something remembered').click();
    await page.getByLabel('One fact').fill(text);
    await page.getByLabel('Who may see it').selectOption('company');
    await page.getByRole('button', { name: 'Remember it' }).click();
    await page.getByText('Remembered.', { exact: true }).waitFor();
    await page.goto('/console/memories?scope=company');
    await page.getByRole('button', { name: new RegExp(id) }).click();
    await page.getByText('Forgotten').waitFor();
    expect(await page.getByRole('button', { name: new RegExp(id) }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a price is watched, what meets it is listed with what is known of it, and both are put away', async () => {
    const { page, complaints } = await open();
    const asset = `poster-${randomUUID()}`;
    await page.goto('/console/market');
    await page.getByText('Watch a price').click();
    await page.getByLabel('What', { exact: true }).fill(asset);
    await page.getByRole('textbox', { name: 'Price' }).fill('70');
    await page.getByRole('button', { name: 'Watch it' }).click();
    await page.getByText('It is watched from now on.').waitFor();

    const at = new Date().toISOString(); // what was before the watch is no news
    const quotes = `asset,kind,amount,unit,at,reference\n${asset},sale,6500,EUR,${at},${randomUUID()}\n${asset},sale,6000,EUR,${at},${randomUUID()}\n`;
    await ask('marketdata.import-quotes', { file: await upload('marketdata.import-quotes', 'quotes.csv', quotes) });
    await page.goto(`/console/market?asset=${asset}`);
    await page.getByText('Last sale', { exact: true }).waitFor();
    expect(await page.getByRole('region', { name: 'All opportunities' }).textContent()).toContain('€60.00, and 1 more');
    await page.getByRole('button', { name: /^Dismiss/ }).click();
    await page.getByText('Dismissed.').waitFor();
    await page.goto('/console/market');
    await page.getByRole('button', { name: new RegExp(`^End.*${asset}`) }).click();
    await page.getByText('It is watched no more.').waitFor();
    expect(complaints).toEqual([]);
  });
});

/** As the operator of the machine. */
async function ask<T>(action: string, input: object): Promise<T> {
  return send(`/api/${action.replace('.', '/')}`, JSON.stringify(input), 'application/json');
}

async function upload(action: string, name: string, text: string): Promise<string> {
  const { file } = await send<{ file: string }>(`/api/${action.replace('.', '/')}/files?name=${name}`, text, 'text/csv');
  return file;
}

async function send<T>(path: string, body: string, type: string): Promise<T> {
  const { token } = JSON.parse(readFileSync(join(house.home, 'server.json'), 'utf8')) as { token: string };
  const headers = { 'content-type': type, authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
  const response = await fetch(`${house.url}${path}`, { method: 'POST', body, headers });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
