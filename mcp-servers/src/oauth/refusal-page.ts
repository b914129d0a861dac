// For a person whom a client sent here with a request that cannot be answered to the client itself.
import { createHash } from 'node:crypto';

const STYLE = `body{font:18px/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;color:#16161d;background:#f4f5f7}
h1{font-size:2rem;line-height:1.1}code{font:14px/1.5 ui-monospace,monospace}@media(prefers-color-scheme:dark){body{color:#e9e9ee;background:#17171d}}`;

/** Content security policy of whatever page the authorization server writes: this one's style, and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'`;

export function refusalPage({
  error,
  error_description: said = '',
}: {
  error: string;
  error_description?: string | undefined;
}): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Not possible | Troupe</title><style>${STYLE}</style></head><body><h1>This app cannot be let in</h1>
<p>The request that brought you here is not one that this house can answer. Begin again in the app that sent you.</p>
<p><code>${escapeHtml(error)}: ${escapeHtml(said)}</code></p></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
