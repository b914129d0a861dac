// The whole line in a real browser: first sign-in, import, listing, purchase, download, and the record of it.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningHouse, startHouse } from './house.ts';
import { launchBrowser, openVisitor, type Visitor } from './visitor.ts';

let house: RunningHouse;
let browser: Browser;
let owner: Visitor;
/** Of the work that the story is about: new in each run, so that nothing else is found by it. */
const title = `Lighthouse ${randomUUID().slice(0, 8)}`;
let picture: Buffer;

beforeAll(async () => {
  [house, browser] = await Promise.all([startHouse(), launchBrowser()]);
  owner = await openVisitor(browser, house.url);
  picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: { r: 20, g: 90, b: 200 } } })
    .png()
    .toBuffer();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

describe('a day in the house', () => {
  test('a link preview does not use the sign-in link up, and its button signs in', async () => {
    await fetch(house.signInLink);
    await owner.page.goto(house.signInLink);
    await owner.page.getByRole('button', { name: 'Sign in' }).click();

    await owner.page.waitForURL('**/console');
    expect(await owner.page.getByRole('heading', { level: 1 }).textContent()).toBe('Today’s house');
    const [cookie] = await owner.context.cookies();
    expect(cookie).toMatchObject({ name: 'troupe_session', httpOnly: true, sameSite: 'Lax' });
  });

  test('files that are chosen come in with their progress told', async () => {
    const { page } = owner;
    await page.goto('/console/assets');
    await page.getByText('Bring works in').click();
    await page.getByLabel(/Pictures, songs/).setInputFiles([
      { name: 'lighthouse.png', mimeType: 'image/png', buffer: picture },
      { name: 'not-a-picture.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all') },
    ]);
    await page.locator('form[action="?/upload"]').getByLabel('Brand').selectOption('gallery');
    await page.getByRole('button', { name: 'Import' }).click();

    await page.waitForURL('**/console/assets/imports/*');
    await page.getByText('2 of 2 read').waitFor();
    expect(await page.getByRole('status').textContent()).toMatch(/1 new/);
    await page
      .getByRole('row', { name: /^lighthouse\.png/ })
      .getByRole('link')
      .click();
    await page.getByRole('heading', { level: 1, name: 'lighthouse' }).waitFor();
  });

  test('a work is described, published and listed for sale', async () => {
    const { page } = owner;
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Description').fill('A lighthouse that warns nobody, in one blue.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Published: everybody can see it now.').waitFor();
    await page.getByLabel('Price in euros').fill('12,50');
    await page.getByLabel('How many').fill('1');
    await page.getByRole('button', { name: 'List for sale' }).click();

    await page.getByText('It is on sale.').waitFor();
    expect(await page.getByRole('region', { name: 'In the shop' }).textContent()).toMatch(/€12\.50\s*One of one/);
  });

  test('without scripts a guest finds the work, is told of a declined card, buys it and downloads the very file', async () => {
    const { page, complaints } = await openVisitor(browser, house.url, { javaScriptEnabled: false });
    await page.goto('/');
    await page.getByLabel('Search the house').fill(title);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: title }).last().click();
    await buy(page, '4000 0000 0000 0002');
    expect(await page.getByRole('alert').textContent()).toContain('The card was declined.');
    await buy(page, '4242 4242 4242 4242');

    expect(new URL(page.url()).pathname).toMatch(/^\/orders\//);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
    expect(await readFile(await download.path())).toEqual(picture);
    expect(complaints.filter((complaint) => !complaint.includes('409'))).toEqual([]);
  });

  test('what is sold out cannot be bought, and an order is a secret of its key', async () => {
    const { page } = await openVisitor(browser, house.url);
    await page.goto(`/?q=${encodeURIComponent(title)}`);
    await page.getByRole('link', { name: title }).last().click();
    await page.getByRole('heading', { name: /Not on sale|€12\.50/ }).waitFor();
    expect(await page.getByRole('button', { name: /Buy/ }).count()).toBe(0);

    const orders = owner.page;
    await orders.goto('/console/orders');
    const href = await orders
      .getByRole('row', { name: new RegExp(title) })
      .getByRole('link')
      .getAttribute('href');
    const withoutKey = await page.goto(`/orders/${href?.split('/').at(-1)}`);
    expect(withoutKey?.status()).toBe(404);
  });

  test('the sale stands in the ledger and on record, and leads to the call that made it', async () => {
    const { page } = owner;
    await page.goto('/console/ledger/statement');
    await page.getByRole('row').filter({ hasText: 'income:sales:gallery' }).first().getByRole('link').click();
    await page.getByRole('link', { name: 'The call that recorded it' }).click();
    await page.getByRole('heading', { level: 1, name: 'marketplace.buy' }).waitFor();
    expect(await page.getByText('insert ledger.postings').count()).toBeGreaterThanOrEqual(2);
    expect(await page.locator('body').textContent()).not.toContain('4242');
  });

  test('a command in the chat answers, with scripts and without', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await openVisitor(browser, house.url, {
        javaScriptEnabled,
        storageState: await owner.context.storageState(),
      });
      await page.goto('/chat');
      await page.getByLabel('Say something').fill(`/assets search q="${title}"`);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.waitForURL('**/chat?c=*');
      await page.getByRole('log').getByRole('cell', { name: title }).first().waitFor();
    }
  });

  test('the console looks like nothing at all to a guest', async () => {
    const { page } = await openVisitor(browser, house.url);
    for (const path of ['/console', '/console/audit', '/chat', '/console/assets']) {
      expect((await page.goto(path))?.status(), path).toBe(404);
    }
    // what is not there at all offers the same: whoever's session has ended goes on where they were
    for (const path of ['/nothing/at-all', '/console/assets?q=night']) {
      await page.goto(path);
      await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
      await page.waitForURL(`**/sign-in?next=${encodeURIComponent(path)}`);
    }
  });

  test('a page runs no script and loads no style but its own, and stands in no frame', async () => {
    const policy = (await fetch(house.url)).headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=]+'/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
  });

  test('a form that another site posts is refused', async () => {
    const response = await fetch(`${house.url}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ email: 'a@b.example', password: 'guess' }),
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(response.status).toBe(403);
  });

  test('a session that has ended leads back as a guest, and signing out ends it', async () => {
    const { context, page } = await openVisitor(browser, house.url);
    await context.addCookies([{ name: 'troupe_session', value: 'trs_long-gone', url: house.url }]);
    expect((await page.goto('/'))?.status()).toBe(200);
    expect(await context.cookies()).toEqual([]);

    await owner.page.goto('/');
    await owner.page.getByRole('button', { name: 'Sign out' }).click();
    await owner.page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await owner.context.cookies()).toEqual([]);
    expect(owner.complaints).toEqual([]);
  });
});

async function buy(page: Page, card: string): Promise<void> {
  await page.getByLabel('E-mail for the receipt').fill('guest@visitors.example');
  await page.getByLabel('Test card number').fill(card);
  await page.getByRole('button', { name: /^Buy for/ }).click();
}
