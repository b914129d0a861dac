// What somebody in charge does in the console, in a real browser: incidents, reviews of access, switches and rules, with scripts and without.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
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

  test('what the Owner switches off opens an incident, which they acknowledge, note and resolve', async () => {
    const { page, complaints } = await open();
    const reason = `It sells too cheap (${randomUUID()})`;
    await switchOff(page, 'marketplace.create-listing', reason);
    await page.goto('/console');
    await page.getByRole('region', { name: 'Waiting for you' }).getByText(reason).waitFor();
    await page.goto('/console/incidents?state=open&rule=kill-switch');
    await page.getByRole('link', { name: new RegExp(reason.replace(/[()]/g, '.')) }).click();
    await page.getByRole('row').getByRole('link', { name: 'governance.switch-off' }).first().waitFor();
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('You have seen it, on record.').waitFor();
    await page.getByLabel('A note').fill('The price was typed wrong.');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByText('Noted.').waitFor();
    await page.getByLabel('What it was').fill('A wrong price; switched on again.');
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByText('Resolved. What is found').waitFor();

    const history = await page.getByRole('region', { name: 'Who did what' }).textContent();
    expect(history).toMatch(/Found.*acknowledged it.*noted:.*typed wrong.*resolved it:.*switched on again/s);
    await page.goto('/console/rules');
    await page.getByRole('button', { name: /Switch on.*the action marketplace.create-listing/ }).click();
    await page.getByText('Switched on again: action marketplace.create-listing.').waitFor();
    expect(complaints).toEqual([]);
  });

  test('whoever resolves what somebody has resolved meanwhile is told by whom, and keeps what they wrote', async () => {
    const [slow, fast] = [await open(), await open()];
    const reason = `A rehearsal (${randomUUID()})`;
    await switchOff(fast.page, 'marketplace.end-listing', reason);
    await fast.page.goto('/console/incidents?state=open');
    await fast.page.getByRole('link', { name: new RegExp(reason.replace(/[()]/g, '.')) }).click();
    await fast.page.getByRole('button', { name: 'Acknowledge' }).click();
    await fast.page.getByText('You have seen it').waitFor();
    await slow.page.goto(fast.page.url().replace(/\?.*/, ''));
    await fast.page.getByLabel('What it was').fill('Nothing.');
    await fast.page.getByRole('button', { name: 'Resolve' }).click();
    await fast.page.getByText('Resolved. What is found').waitFor();
    await slow.page.getByLabel('What it was').fill('It was the rehearsal.');
    await slow.page.getByRole('button', { name: 'Resolve' }).click();

    expect(await slow.page.getByRole('alert').textContent()).toMatch(
      /has resolved this incident meanwhile\. What you wrote is not on record/,
    );
    // the alert stands a moment before the page is read anew
    await expect.poll(() => slow.page.getByLabel('A note').inputValue(), { timeout: 10_000 }).toBe('It was the rehearsal.');
    await fast.page.goto('/console/rules');
    await fast.page.getByRole('button', { name: /Switch on.*the action marketplace.end-listing/ }).click();
  });

  test('a review shows who holds what; a role is taken away with words, and what is one’s own is for somebody else', async () => {
    const { page, complaints } = await open();
    const name = `Theo ${randomUUID().slice(0, 8)}`;
    const personId = await addEditor(name);
    await page.goto('/console/access');
    await page.getByText('Start a review').click();
    await page.getByLabel('What it is called').fill(`Before ${name} leaves`);
    await page.getByLabel('Access tokens').uncheck();
    await page.getByRole('button', { name: 'Start the review' }).click();
    await page.waitForURL('**/console/access/*');
    await page
      .getByRole('region', { name: /\(you\)/ })
      .getByText('This is your own: somebody else decides it.')
      .first()
      .waitFor();
    const his = page.getByRole('region', { name });
    await his.getByText('Never used').waitFor();
    await his.getByLabel('Why').fill('He has left.');
    await his.getByRole('button', { name: 'Take away' }).click();

    await page.getByText(`Taken away: ${name}, the role editor, on the whole company.`).waitFor();
    expect(await rolesOf(personId)).toEqual([]);
    await page.getByRole('navigation', { name: 'How far' }).getByRole('link', { name: 'Taken away' }).click();
    await page.getByText('“He has left.”').waitFor();
    expect(complaints).toEqual([]);
  });

  test('a rule is tried before it is saved: who loses what is shown, and what was tried is what is kept', async () => {
    const { page, complaints } = await open();
    const name = `Editor ${randomUUID().slice(0, 8)}`;
    await addEditor(name);
    await page.goto('/console/rules/editor');
    await page.getByLabel('Name').fill('works-by-owners');
    await page.getByLabel('Permission or action').fill('assets.asset.publish');
    await page.getByLabel('The rule, in Cedar').fill('forbid (principal, action, resource) unless { principal.rank > 3 };');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('button', { name: 'Save the rule' }).count()).toBe(0);
    const policy = 'forbid (principal, action, resource) unless { principal.roles.contains("owner") };';
    await page.getByLabel('The rule, in Cedar').fill(policy);
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    const impact = page.getByRole('region', { name: 'If you save this' });
    await impact.getByText(`${name}: may now, then may not`).waitFor();
    await page.setViewportSize({ width: 320, height: 900 });
    if (javaScriptEnabled) expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.getByRole('button', { name: 'Save the rule' }).click();

    await page.waitForURL('**/console/rules#rules');
    await page.getByRole('link', { name: 'works-by-owners' }).click();
    expect(await page.getByLabel('The rule, in Cedar').inputValue()).toBe(policy);
    await page.getByRole('button', { name: 'Try to do without it' }).click();
    await page.getByRole('region', { name: 'Without works-by-owners' }).getByText(`${name}: may not now, then may`).waitFor();
    await page.getByRole('button', { name: 'Remove the rule' }).click();
    await page.waitForURL('**/console/rules#rules');
    expect(await page.getByRole('link', { name: 'works-by-owners' }).count()).toBe(0);
    expect(complaints.filter((complaint) => !complaint.includes('422'))).toEqual([]);
  });

  test('why somebody may not is said in words', async () => {
    const { page } = await open();
    const name = `Reader ${randomUUID().slice(0, 8)}`;
    await addEditor(name);
    await page.goto('/console/rules/explain');
    await page.getByLabel('Who', { exact: true }).fill(name);
    await page.getByLabel('Does what').fill('ledger.post-entry');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText(`${name} may not use ledger.post-entry`).waitFor();
    await page.getByText('it takes admin, and they are editor').waitFor();
  });
});

test('while a plugin is switched off, the first page of the console shows the rest and says so', SLOW, async () => {
  const { page, complaints } = await openVisitor(browser, house.url, { storageState });
  await ask('governance.switch-off', { kind: 'plugin', target: 'ledger', reason: 'The books are being closed.' });
  await page.goto('/console');
  await page.getByText('Part of the house is switched off, and missing here.').waitFor();
  await page.getByRole('region', { name: 'Newest orders' }).waitFor();
  expect(await page.getByRole('region', { name: /Income and expenses/ }).count()).toBe(0);
  await page.getByRole('link', { name: 'What is off, and why' }).click();
  await page.getByText('The books are being closed.').waitFor();
  await ask('governance.switch-on', { kind: 'plugin', target: 'ledger' });
  expect(complaints).toEqual([]);
});

test('what a visitor opens before the scripts of the chat are there stays open', SLOW, async () => {
  const { page, release } = await openBeforeScripts('/chat');
  await page.getByText('0 conversations').click();
  await release();
  expect(await page.locator('aside details').getAttribute('open')).not.toBeNull();
});

test('what a visitor types, chooses and ticks before the scripts of a form are there is kept', SLOW, async () => {
  const explain = await openBeforeScripts('/console/rules/explain?who=guest&action=ledger.post-entry');
  await explain.page.getByLabel('Who', { exact: true }).fill('somebody');
  await explain.page.getByLabel('With which input, as JSON').fill('{}');
  await explain.release();
  const typed = ['Who', 'Does what', 'With which input, as JSON'].map((label) =>
    explain.page.getByLabel(label, { exact: true }).inputValue(),
  );
  expect(await Promise.all(typed)).toEqual(['somebody', 'ledger.post-entry', '{}']);

  const record = await openBeforeScripts('/console/audit');
  await record.page.getByLabel('Outcome').selectOption('denied');
  await record.release();
  expect(await record.page.getByLabel('Outcome').inputValue()).toBe('denied');

  const review = await openBeforeScripts('/console/access');
  await review.page.getByText('Start a review').click();
  const first = review.page.getByRole('checkbox').first();
  await first.uncheck();
  await review.release();
  expect(await first.isChecked()).toBe(false);
});

/** A page whose scripts come when they are released. */
async function openBeforeScripts(path: string) {
  const { page } = await openVisitor(browser, house.url, { storageState, colorScheme: 'dark' });
  const released = Promise.withResolvers<void>();
  await page.route('**/_app/**/*.js', (route) => released.promise.then(() => route.continue()));
  await page.goto(path, { waitUntil: 'commit' });
  return {
    page,
    async release() {
      released.resolve();
      await page.getByRole('button', { name: 'House lights down', pressed: true }).waitFor(); // the scripts are there
    },
  };
}

async function switchOff(page: Page, action: string, reason: string): Promise<void> {
  await page.goto('/console/rules');
  await page.getByText('Switch something off').click();
  await page.getByLabel('What', { exact: true }).selectOption('action');
  await page.getByLabel('Its id or name').fill(action);
  await page.getByRole('region', { name: 'Switches' }).getByLabel('Why').fill(reason);
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByText(`Switched off: action ${action}.`).waitFor();
}

/** Somebody new, by the actions themselves. */
async function addEditor(name: string): Promise<string> {
  const { personId } = await ask('identity.create-person', { name, email: `${randomUUID()}@people.test` });
  await ask('identity.grant-role', { personId, role: 'editor' });
  return String(personId);
}

async function rolesOf(personId: string): Promise<unknown> {
  const { items } = await ask('identity.list-people', { limit: 100 });
  return (items as { personId: string; roles: unknown[] }[]).find((person) => person.personId === personId)?.roles;
}

async function ask(action: string, input: object): Promise<Record<string, unknown>> {
  const cookie = storageState.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const response = await fetch(`${house.url}/api/${action.replace('.', '/')}`, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), origin: house.url, cookie },
  });
  if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
