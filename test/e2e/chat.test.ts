// An agent's answer in a real browser: streamed, taken up after a reload, stopped.
import { SCRIPTED_PRICE, scriptedModel } from '@troupe-os/agents/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningHouse, startHouse } from './house.ts';
import { launchBrowser, openVisitor, type Visitor } from './visitor.ts';

const SENTENCE = 'The label is lime and black. ';
const WHOLE = `${SENTENCE.repeat(40)}That is all.`;
const { model, env } = await scriptedModel();
model.on({ userMessage: 'Describe the label' }, { content: WHOLE }, { chunkSize: 6, latency: 25 });
model.on({ userMessage: 'Describe it for ever' }, { content: SENTENCE.repeat(2000) }, { chunkSize: 6, latency: 25 });

let house: RunningHouse;
let browser: Browser;
let owner: Visitor;

beforeAll(async () => {
  [house, browser] = await Promise.all([startHouse(env), launchBrowser()]);
  owner = await openVisitor(browser, house.url);
  await owner.page.goto(house.signInLink);
  await owner.page.getByRole('button', { name: 'Sign in' }).click();
  await owner.page.waitForURL('**/console');
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

const say = async (page: Page, text: string) => {
  await page.getByLabel('Say something').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
};
const log = (page: Page) => page.getByRole('log');

test('a model that has no price says what to do, and a command gives it one', async () => {
  const { page } = owner;
  await page.goto('/chat');
  await say(page, 'Describe the label');
  await page.getByText('workforce.model_unpriced').first().waitFor();

  await page.goto('/chat');
  const { inputMicroUsd, outputMicroUsd } = SCRIPTED_PRICE;
  await say(
    page,
    `/workforce set-model-price model=${SCRIPTED_PRICE.model} inputMicroUsd=${inputMicroUsd} outputMicroUsd=${outputMicroUsd}`,
  );
  await log(page).getByText(SCRIPTED_PRICE.model).nth(1).waitFor();
});

test('an answer that is being written when its page is loaded again is taken up from its beginning', async () => {
  const { page } = owner;
  await page.goto('/chat');
  await say(page, 'Describe the label');
  await log(page).getByText(SENTENCE.trim()).first().waitFor();
  await page.reload();

  await log(page).getByText(SENTENCE.trim()).first().waitFor();
  expect(await log(page).getAttribute('aria-busy')).toBe('true');
  await page.getByText('That is all.').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Send' }).waitFor();
  const turns = await log(page).getByRole('article').allTextContents();
  expect(turns).toHaveLength(2);
  expect(turns[1]?.replaceAll(/\s+/g, ' ')).toContain(WHOLE);
});

test('an answer is stopped where it is, also by a page that came later', async () => {
  const { page } = owner;
  await page.goto('/chat');
  await say(page, 'Describe it for ever');
  await log(page).getByText(SENTENCE.trim()).first().waitFor();
  await page.reload();
  await log(page).getByText(SENTENCE.trim()).first().waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();

  await log(page).getByText('stopped').waitFor();
  expect(owner.complaints).toEqual([]);
});
