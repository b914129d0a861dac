// An app is let in by a real browser, with and without scripts: the page that asks, the way back to the app, and the end of its access.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBrowser } from '../../mcp-servers/src/testing/browser.ts';
import { startFlow } from '../../mcp-servers/src/testing/oauth-flow.ts';
import { type RunningHouse, startHouse } from './house.ts';
import { launchBrowser, openVisitor } from './visitor.ts';

let house: RunningHouse;
let browser: Browser;
let app: Server;
let callback: string;
let storageState: Awaited<ReturnType<Awaited<ReturnType<typeof openVisitor>>['context']['storageState']>>;

beforeAll(async () => {
  [house, browser] = await Promise.all([startHouse(), launchBrowser()]);
  app = createServer((_request, response) => response.end('the app'));
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  callback = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`; // it listens on a port
  const { page, context } = await openVisitor(browser, house.url);
  await page.goto(house.signInLink);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/console');
  storageState = await context.storageState();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  app?.close();
  await house?.stop();
});

describe.each([true, false])('with scripts: %s', (javaScriptEnabled) => {
  test('the Owner lets an app look, is sent back to it, and ends its access', async () => {
    const { page, complaints } = await openVisitor(browser, house.url, { storageState, javaScriptEnabled });
    const flow = startFlow(house.url, createBrowser(house.url));
    const clientId = await flow.register({ client_name: 'A pocket assistant', redirect_uris: [callback] });

    await page.goto(flow.authorizeUrl(clientId, { redirect_uri: callback }).href);
    await page.getByText('A pocket assistant').first().waitFor();
    if (javaScriptEnabled) {
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      }
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
      expect(violations.map(({ id }) => id)).toEqual([]);
    }
    for (const box of await page.getByRole('checkbox', { name: /^Change/ }).all()) await box.uncheck();
    await page.getByLabel('For how long').selectOption('7');
    await page.getByRole('button', { name: 'Let it in' }).click();
    await page.waitForURL(`${callback}?*`);

    const code = new URL(page.url()).searchParams.get('code') ?? '';
    const { body } = await flow.exchange(clientId, code, { redirect_uri: callback });
    expect(String(body.scope)).toContain('assets.catalogue.read');
    expect(String(body.scope)).not.toContain('ledger.entry.post');
    expect((await flow.mcp('/mcp', String(body.access_token))).status).toBe(200);

    await page.goto(`${house.url}/apps`);
    await page.getByRole('region', { name: 'A pocket assistant' }).getByRole('button', { name: 'End its access' }).click();
    await page.getByText('No app acts for you').waitFor();
    expect((await flow.mcp('/mcp', String(body.access_token))).status).toBe(401);
    expect(complaints.filter((complaint) => !complaint.includes('/callback') && !complaint.includes('favicon'))).toEqual([]);
  });
});
