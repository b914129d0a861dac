// Every page, in both schemes and at the widths that people have: axe, overflow, and what the console says.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningHouse, startHouse } from './house.ts';
import { launchBrowser, openVisitor, type Visitor } from './visitor.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = [320, 390, 768, 1280, 1360];
const AXE_WIDTHS = [390, 1280];

let house: RunningHouse;
let browser: Browser;
let storageState: Awaited<ReturnType<Visitor['context']['storageState']>>;
const works: Record<string, string> = {};
/** An incident, a review of access, a task, an agent. */
let governed: string[] = [];

beforeAll(async () => {
  [house, browser] = await Promise.all([startHouse(), launchBrowser()]);
  const { context, page } = await openVisitor(browser, house.url);
  await page.goto(house.signInLink);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/console');
  storageState = await context.storageState();
  for (const type of ['music', 'art', 'collectible']) works[type] = await firstWork(page, type);
  governed = [await switchOff(page), await startReview(page), await giveTask(page), await firstAgent(page)];
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page of a guest is sound with house lights ${colorScheme === 'dark' ? 'down' : 'up'}`, async () => {
    const paths = [
      '/',
      '/?q=boats',
      '/?q=zzzz',
      '/?type=music',
      '/sign-in',
      '/sign-in/link?token=x',
      '/sign-in/mail',
      '/sign-in/code',
      '/sign-in/passkey',
      '/sign-in/wallet',
      '/sign-in/invitation?token=x',
      '/nowhere',
      ...Object.values(works),
    ];
    await check(paths, await openVisitor(browser, house.url, { colorScheme }), colorScheme === 'dark');
  }, 300_000);

  test(`every page of the Owner is sound with house lights ${colorScheme === 'dark' ? 'down' : 'up'}`, async () => {
    const work = works.art?.replace('/works/', '/console/assets/') ?? '';
    const paths = [
      '/console',
      '/console/assets',
      work,
      '/console/orders',
      '/console/ledger',
      '/console/ledger/statement?path=assets:bank&unit=EUR',
      '/console/audit',
      '/console/audit?action=nothing.at-all',
      '/library',
      '/apps',
      '/account',
      '/account/sessions',
      '/account/tokens',
      '/console/tasks',
      '/console/tasks?state=failed',
      '/console/schedules',
      '/console/agents',
      '/console/assets/drafts',
      '/console/memories',
      '/console/market',
      '/console/approvals',
      '/console/incidents',
      '/console/incidents?state=resolved',
      '/console/people',
      '/console/access',
      '/console/rules',
      '/console/rules/editor',
      '/console/rules/editor?example=agents-ask-before-publishing',
      '/console/rules/explain',
      '/console/rules/explain?who=guest&action=ledger.post-entry',
      '/chat',
      ...governed,
    ];
    const visitor = await openVisitor(browser, house.url, { colorScheme, storageState });
    await check([...paths, await firstCall(visitor.page)], visitor, colorScheme === 'dark');
  }, 300_000);
}

/** With the lights down a page is the same in other colours: these alone are looked at again. */
async function check(paths: readonly string[], { page, complaints }: Visitor, isDown: boolean): Promise<void> {
  const faults: string[] = [];
  for (const path of paths) {
    await page.goto(path, { waitUntil: 'networkidle' });
    for (const width of isDown ? AXE_WIDTHS : WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (beyond > 0) faults.push(`${path} is ${beyond} px wider than ${width}`);
      if (AXE_WIDTHS.includes(width))
        faults.push(...(await violations(page, isDown)).map((fault) => `${path} at ${width}: ${fault}`));
    }
  }
  // the one page that is asked for and is not there
  faults.push(...complaints.filter((complaint) => !complaint.startsWith('/nowhere')));
  expect(faults).toEqual([]);
}

/** Not as a script tag, which the page's policy would refuse. */
async function violations(page: Page, isDown: boolean): Promise<string[]> {
  await page.evaluate(axe);
  const results = (await page.evaluate(isDown ? "axe.run({ runOnly: ['color-contrast'] })" : 'axe.run()')) as AxeResults;
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

async function firstWork(page: Page, type: string): Promise<string> {
  await page.goto(`/?type=${type}`);
  return (await page.locator('main a[href^="/works/"]').first().getAttribute('href')) ?? '';
}

/** Answers the page of the incident that it opens. */
async function switchOff(page: Page): Promise<string> {
  await page.goto('/console/rules');
  await page.getByText('Switch something off').click();
  await page.getByLabel('Its id or name').fill('nobody-in-particular');
  await page.getByRole('region', { name: 'Switches' }).getByLabel('Why').fill('To have something that is off.');
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByText('Switched off:').waitFor();
  await page.goto('/console/incidents');
  return (await page.getByRole('row').getByRole('link').first().getAttribute('href')) ?? '';
}

async function startReview(page: Page): Promise<string> {
  await page.goto('/console/access');
  await page.getByText('Start a review').click();
  await page.getByRole('button', { name: 'Start the review' }).click();
  await page.waitForURL('**/console/access/*');
  return new URL(page.url()).pathname;
}

async function giveTask(page: Page): Promise<string> {
  await page.goto('/console/tasks');
  await page.getByText('Give a task').click();
  await page.getByLabel('What is to be done').fill('Look at what is new');
  await page.getByLabel('All that whoever does it has to know').fill('Two lines are enough.');
  await page.getByLabel('Who does it').selectOption({ label: 'Owner (you)' });
  await page.getByRole('button', { name: 'Give it' }).click();
  await page.waitForURL('**/console/tasks/*');
  return new URL(page.url()).pathname;
}

async function firstAgent(page: Page): Promise<string> {
  await page.goto('/console/agents');
  return (await page.getByRole('row').getByRole('link').first().getAttribute('href')) ?? '';
}

async function firstCall(page: Page): Promise<string> {
  await page.goto('/console/audit?action=identity.redeem-link');
  return (await page.getByRole('row').getByRole('link').first().getAttribute('href')) ?? '';
}
