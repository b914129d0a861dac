// The reference as a page: what a person reads instead of openapi.json. No script, no style from elsewhere.
import { createHash } from 'node:crypto';
import type { RegisteredAction } from '../kernel/registry.ts';
import { wireSchema } from '../wire.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#16161d;background:#f4f5f7}
h1{font-size:1.6rem}h2{border-top:4px double;padding-top:.5rem;margin-top:2rem}h3{margin:1.5rem 0 .25rem}code,pre{font:13px/1.5 ui-monospace,monospace}
pre{background:#fff;border:2px solid;padding:.75rem;overflow:auto}p{margin:.25rem 0}summary{cursor:pointer;padding:.35rem 0}
@media(prefers-color-scheme:dark){body{color:#e9e9ee;background:#17171d}pre{background:#101014}}`;

/** The style of this page, known by its hash, and nothing else. */
export const REFERENCE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

export function referencePage(actions: readonly RegisteredAction[], publicUrl: string): string {
  const plugins = [...new Set(actions.map(({ plugin }) => plugin.id))];
  const chapters = plugins.map((id) => {
    const own = actions.filter(({ plugin }) => plugin.id === id);
    return `<h2 id="${id}">${id}</h2>${own.map((one) => actionText(one, publicUrl)).join('')}`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Troupe OS: actions</title><style>${STYLE}</style></head><body><h1>What you may do</h1>
<p>${actions.length} actions. The same for machines: <a href="/openapi.json">openapi.json</a>. Send <code>Authorization: Bearer …</code> to see what that token may do.</p>
<nav>${plugins.map((id) => `<a href="#${id}">${id}</a>`).join(' · ')}</nav>${chapters.join('')}</body></html>`;
}

function actionText({ action }: RegisteredAction, publicUrl: string): string {
  const traits = [action.effect, `risk ${action.risk}`, ...(action.consequential ? ['consequential'] : [])].join(', ');
  const path = `/api/${action.name.replace('.', '/')}`;
  const example = `curl -X POST ${publicUrl}${path} -H 'authorization: Bearer …' -H 'content-type: application/json'${action.consequential ? " -H 'idempotency-key: …'" : ''} -d '{ … }'`;
  return `<h3 id="${action.name}"><code>${action.name}</code> ${escapeHtml(action.title)}</h3><p>${escapeHtml(action.description)}</p><p><small>${traits}</small></p>
<pre>${escapeHtml(example)}</pre><details><summary>Input</summary><pre>${schemaText(wireSchema(action.input))}</pre></details><details><summary>Output</summary><pre>${schemaText(wireSchema(action.output))}</pre></details>`;
}

const schemaText = (schema: Record<string, unknown>) => escapeHtml(JSON.stringify(schema, null, 2));

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
