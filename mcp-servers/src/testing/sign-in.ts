// A person in front of a browser: signs in where they are asked to, and says yes or no to an app.
import type { Browser, Fields, Page } from './browser.ts';

export interface Person {
  readonly email: string;
  readonly password: string;
}

export interface Decision {
  readonly refuse?: boolean;
  /** Which of the ticks stay; default: all. */
  keep?(scopes: readonly string[]): readonly string[];
  readonly days?: number;
}

/** From the address that an app opens to the one that it is answered at. Throws with the page where it does not come to that. */
export async function answerApp(browser: Browser, url: string | URL, person: Person, decision: Decision = {}): Promise<URL> {
  let page = await browser.open(url);
  if (isPage(page) && page.url.pathname === '/sign-in')
    page = await browser.submit(page, `/sign-in${page.url.search}`, { email: person.email, password: person.password });
  if (!isPage(page)) return page;
  if (!page.url.pathname.startsWith('/apps/allow/'))
    throw new Error(`${page.status} at ${page.url}: ${page.html.slice(0, 2000)}`);
  const answered = await browser.submit(page, decision.refuse ? '?/refuse' : '?/allow', fieldsOf(page, decision));
  if (!isPage(answered) || answered.refresh === undefined)
    throw new Error(`no answer: ${isPage(answered) ? answered.html.slice(0, 4000) : answered}`);
  const back = await browser.open(new URL(answered.refresh, answered.url));
  if (isPage(back)) throw new Error(`${back.status} at ${back.url}: ${back.html.slice(0, 2000)}`);
  return back;
}

/** All that the page offers. */
export function offeredIn({ html }: Page): string[] {
  return [...html.matchAll(/<input type="checkbox" name="scope" value="([^"]*)"/g)].flatMap(([, value = '']) => value.split(' '));
}

function fieldsOf(page: Page, { keep, days }: Decision): Fields {
  return { ...(keep ? { scope: keep(offeredIn(page)) } : {}), ...(days ? { days: String(days) } : {}) };
}

export const isPage = (found: Page | URL): found is Page => !(found instanceof URL);
