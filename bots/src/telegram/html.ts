// Markdown in the few tags that Telegram knows: https://core.telegram.org/bots/api#html-style
import { lexer, type Token, type Tokens } from 'marked';
import { columns } from '../channels/columns.ts';

/** Tables are set in columns of one width, pictures are links, headings bold. */
export function toHtml(markdown: string): string {
  return blocks(lexer(markdown)).trim();
}

function blocks(tokens: readonly Token[]): string {
  return tokens
    .map((token) => block(token))
    .filter((text) => text !== '')
    .join('\n\n');
}

function block(token: Token): string {
  switch (token.type) {
    case 'heading':
      return `<b>${inline((token as Tokens.Heading).tokens)}</b>`;
    case 'code':
      return `<pre>${escaped((token as Tokens.Code).text)}</pre>`;
    case 'blockquote':
      return `<blockquote>${blocks((token as Tokens.Blockquote).tokens).replaceAll('\n\n', '\n')}</blockquote>`;
    case 'list':
      return list(token as Tokens.List, '');
    case 'table':
      return `<pre>${escaped(columns(token as Tokens.Table))}</pre>`;
    case 'hr':
      return '———';
    case 'space':
      return '';
    default:
      return 'tokens' in token && token.tokens ? inline(token.tokens) : escaped('text' in token ? String(token.text) : token.raw);
  }
}

function list({ items, ordered, start }: Tokens.List, indent: string): string {
  return items
    .map((item, at) => {
      const mark = ordered ? `${Number(start || 1) + at}.` : '•';
      const inner = item.tokens.map((token) =>
        token.type === 'list' ? `\n${list(token as Tokens.List, `${indent}  `)}` : block(token),
      );
      return `${indent}${mark} ${inner.join('')}`;
    })
    .join('\n');
}

function inline(tokens: readonly Token[]): string {
  return tokens.map(span).join('');
}

function span(token: Token): string {
  const inner = () =>
    'tokens' in token && token.tokens ? inline(token.tokens) : escaped('text' in token ? String(token.text) : token.raw);
  switch (token.type) {
    case 'strong':
      return `<b>${inner()}</b>`;
    case 'em':
      return `<i>${inner()}</i>`;
    case 'del':
      return `<s>${inner()}</s>`;
    case 'codespan':
      return `<code>${escaped((token as Tokens.Codespan).text)}</code>`;
    case 'br':
      return '\n';
    case 'link':
    case 'image': {
      const { href } = token as Tokens.Link;
      return /^https?:\/\//.test(href) ? `<a href="${escaped(href)}">${inner()}</a>` : inner();
    }
    case 'escape':
      return escaped((token as Tokens.Escape).text);
    default:
      return inner();
  }
}

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => NAMES[character] ?? character);
