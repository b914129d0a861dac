// A browser without scripts, for tests: cookies with their paths, redirects within one site, forms as they stand in the page.

export interface Page {
  readonly status: number;
  readonly url: URL;
  readonly html: string;
  /** Where the page sends the browser on by itself. */
  readonly refresh: string | undefined;
}

export interface Browser {
  /** Opens an address and follows it. Where a redirect leaves the site, answers that address instead of a page. */
  open(url: string | URL): Promise<Page | URL>;
  /** Sends the form of a page whose action ends with `action`, with what is filled in over what stands there. */
  submit(page: Page, action: string, fields?: Fields): Promise<Page | URL>;
  cookies(): readonly Cookie[];
  forget(): void;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

const MOST_REDIRECTS = 12;

export function createBrowser(origin: string): Browser {
  let jar: Cookie[] = [];

  async function ask(method: 'GET' | 'POST', url: URL, body?: URLSearchParams): Promise<Page | URL> {
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects++) {
      const isForm = body !== undefined && method === 'POST';
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        headers: {
          accept: 'text/html',
          cookie: jar
            .filter(({ path }) => covers(path, url.pathname))
            .map(({ name, value }) => `${name}=${value}`)
            .join('; '),
          ...(isForm ? { origin, 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(isForm ? { body: body.toString() } : {}),
      });
      for (const line of response.headers.getSetCookie()) keep(line);
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status >= 400) return pageOf(response, url);
      await response.body?.cancel();
      const next = new URL(location, url);
      if (next.origin !== origin) return next;
      [method, url] = ['GET', next];
    }
    throw new Error(`too many redirects at ${url}`);
  }

  function keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const path = /;\s*path=([^;]+)/i.exec(line)?.[1] ?? '/';
    jar = jar.filter((one) => one.name !== name || one.path !== path);
    const isOver = /max-age=0/i.test(line) || /expires=thu, 01 jan 1970/i.test(line);
    if (!isOver && value !== '') jar.push({ name, value, path });
  }

  return {
    open: (url) => ask('GET', new URL(url, origin)),
    async submit(page, action, fields = {}) {
      const form = formOf(page, action);
      const body = new URLSearchParams(form.fields.filter(([name]) => !(name in fields)));
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one as string);
      return ask('POST', new URL(form.action, page.url), body);
    },
    cookies: () => jar,
    forget() {
      jar = [];
    },
  };
}

const covers = (path: string, asked: string) =>
  path === '/' || asked === path || asked.startsWith(path.endsWith('/') ? path : `${path}/`);

async function pageOf(response: Response, url: URL): Promise<Page> {
  const html = await response.text();
  const refresh = /<meta http-equiv="refresh" content="0;url=([^"]+)"/.exec(html)?.[1];
  return { status: response.status, url, html, refresh: refresh && unescapeHtml(refresh) };
}

/** The form, or the button of one, that leads to this action; with all boxes that are ticked. */
function formOf({ html, url }: Page, action: string): { action: string; fields: [string, string][] } {
  for (const [, attributes = '', inside = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    const ways = [attribute(attributes, 'action') ?? url.href];
    for (const [, button = ''] of inside.matchAll(/<button\b([^>]*)>/g)) ways.push(attribute(button, 'formaction') ?? '');
    const way = ways.find((one) => one.endsWith(action));
    if (way === undefined) continue;
    const inputs = [...inside.matchAll(/<input\b([^>]*)>/g)].map(([, text = '']) => text);
    const sent = inputs.filter((text) => attribute(text, 'type') !== 'checkbox' || /\bchecked\b/.test(text));
    const fields = sent.flatMap((text): [string, string][] => {
      const name = attribute(text, 'name');
      return name === undefined ? [] : [[name, attribute(text, 'value') ?? 'on']];
    });
    for (const [, select = '', options = ''] of inside.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
      const chosen = /<option\b([^>]*\bselected\b[^>]*)>/.exec(options)?.[1] ?? /<option\b([^>]*)>/.exec(options)?.[1] ?? '';
      fields.push([attribute(select, 'name') ?? '', attribute(chosen, 'value') ?? '']);
    }
    return { action: way, fields };
  }
  throw new Error(`no form for ${action} at ${url}: ${html.slice(0, 500)}`);
}

function attribute(text: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1];
  return value && unescapeHtml(value);
}

const unescapeHtml = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
