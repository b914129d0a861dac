// One page looked at, one form sent, as a browser does it: what was decided is read from what came back.
import { coreErrors } from '@troupe-os/core';
import installation from '../troupe.config.ts';
import type { Outcome } from './decisions.ts';
import type { PageForm, PageLoad } from './pages.ts';

export interface Visitor {
  readonly url: string;
  /** Undefined: nobody in particular. */
  readonly session: string | undefined;
  /** What the braces of routes and forms stand for. */
  readonly things: Readonly<Record<string, string>>;
  readonly picture: File;
}

/** What SvelteKit answers of the data of a page, https://github.com/sveltejs/devalue: names first, each with its place. */
interface PageData {
  readonly type: 'data' | 'redirect';
  readonly location?: string;
  readonly nodes?: readonly (null | {
    readonly type: 'data' | 'skip' | 'error';
    readonly data?: readonly [Readonly<Record<string, number>>, ...unknown[]];
    readonly error?: PageError;
  })[];
}

interface PageError {
  readonly status: number;
  readonly code?: string;
}

/** Opens the page, and its data as a page that is open already asks for them: the two agree, or the answer says how not. */
export async function askLoad(visitor: Visitor, { route, action, shows, cookies = {} }: PageLoad): Promise<Outcome> {
  const [path = '', query = ''] = fill(route, visitor.things).split('?');
  const page = await visit(visitor, `${path}?${query}`, { headers: { accept: 'text/html' } }, cookiesOf(cookies, visitor));
  await page.text();
  const response = await visit(visitor, `${path === '/' ? '' : path}/__data.json?${query}`, {}, cookiesOf(cookies, visitor));
  const data = (await response.json()) as PageData;
  const error = data.nodes?.findLast((node) => node?.type === 'error')?.error;
  const requestId = response.headers.get('x-request-id') ?? undefined;
  if (page.status !== (data.type === 'redirect' ? 303 : (error?.status ?? 200)))
    return { action, code: `page ${page.status}, data ${JSON.stringify(data)}`, requestId };
  if (data.type === 'redirect') return { action, code: codeOfRedirect(data.location), requestId };
  if (error) return { action, code: codeOfError(error), requestId };
  const isShown = data.nodes?.some((node) => (node?.data?.[0][shows] ?? -1) >= 0); // below zero: undefined
  return { action, code: isShown ? 'done' : 'no page', requestId };
}

/** Sends the form as the scripts of the page do, so that the answer is of the form alone and not of the page that is shown after it. */
export async function askForm(visitor: Visitor, { route, action, form, picture, cookies = {} }: PageForm): Promise<Outcome> {
  const fields = Object.entries(form).map(([name, value]): [string, string] => [name, fill(value, visitor.things)]);
  const body = picture === undefined ? new URLSearchParams(fields) : new FormData();
  if (body instanceof FormData) {
    for (const [name, value] of fields) body.append(name, value);
    body.append(picture ?? '', visitor.picture);
  }
  const headers = { origin: visitor.url, accept: 'application/json', 'x-sveltekit-action': 'true' };
  const response = await visit(
    visitor,
    fill(route, visitor.things),
    { method: 'POST', body, headers },
    cookiesOf(cookies, visitor),
  );
  return { action, code: await codeOfForm(response), requestId: response.headers.get('x-request-id') ?? undefined };
}

const cookiesOf = (cookies: Readonly<Record<string, string>>, { things }: Visitor) =>
  Object.fromEntries(Object.entries(cookies).map(([name, value]) => [name, fill(value, things)]));

function visit({ url, session }: Visitor, path: string, init: RequestInit = {}, cookies = {}): Promise<Response> {
  const kept = Object.entries({ ...(session !== undefined && { troupe_session: session }), ...cookies });
  const cookie = kept.length > 0 ? { cookie: kept.map(([name, value]) => `${name}=${value}`).join('; ') } : {};
  return fetch(`${url}${path}`, { ...init, redirect: 'manual', headers: { ...init.headers, ...cookie } });
}

async function codeOfForm(response: Response): Promise<string> {
  const isJson = response.headers.get('content-type')?.includes('application/json');
  if (!isJson) return (await response.bytes()).length > 0 && response.ok ? 'done' : `status ${response.status}`;
  const answer = (await response.json()) as { type?: string; location?: string; data?: string; error?: PageError } & PageError;
  if (answer.type === 'redirect') return codeOfRedirect(answer.location);
  if (answer.type === 'success') return 'done';
  if (answer.type === 'failure') return codeOfProblem(answer.data ?? '');
  return codeOfError(answer.error ?? answer);
}

/** Pages send strangers to where they sign in, whoever owes a code to where it is given, and whoever has done something to what it has become. */
const codeOfRedirect = (location = ''): string =>
  /^\/sign-in(?!\/code)/.test(location) ? coreErrors.unauthenticated.code : 'done';

/** A page that hides what it was refused has the refusal's code; one that asked nothing has none. */
const codeOfError = ({ status, code }: PageError): string => code ?? (status === 404 ? 'no page' : `status ${status}`);

const errors = [coreErrors, ...installation.plugins.flatMap((plugin) => plugin.errors ?? [])].flatMap((table) =>
  Object.values(table),
);

/** A form shows the sentence of a refusal. */
function codeOfProblem(data: string): string {
  const [{ problem = 0 } = {}, ...values] = JSON.parse(data) as [{ problem?: number }?, ...unknown[]];
  const sentence = values[problem - 1];
  return errors.find(({ message }) => message === sentence)?.code ?? `problem: ${sentence}`;
}

function fill(text: string, things: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const thing = things[name];
    if (!thing) throw new Error(`There is no ${name} in this house.`);
    return thing;
  });
}
